"""Does a claim hold? By counting, by replaying its reason, by induction. Nothing here knows how a
claim was found."""
