"""The file formats of other systems, read into plain rows."""
