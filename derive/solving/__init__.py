"""From a recurrence to a closed form, in steps. What is found here is proposed; checking/
decides."""
