"""The books check themselves: everything is computed anew from the rows, and compared.

Nothing here is shared with what posts, pays or saves, so a mistake there is found here.
"""
