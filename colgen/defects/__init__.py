"""What goes wrong when data is typed in, copied and sent: which cells may have which defects, and what is written in place of their values.

`colgen/generate/overlay.py` lays defects over the batches of a build; nothing here knows of rows, seeds or files.
"""
