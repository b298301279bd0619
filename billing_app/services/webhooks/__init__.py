"""Telling others' systems: who wants to know, what is written for them, how it is delivered."""
