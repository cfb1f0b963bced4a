"""The command line, a file a job."""
