"""The jobs that people come for. The only room that sees all the others."""
