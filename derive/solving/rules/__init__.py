"""One entry a rule, by theme. A rule's name is the reason that the key prints."""
