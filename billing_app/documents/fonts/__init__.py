"""The font files of the paper, as made by `make_fonts.py`, with their licences beside them."""
