"""The founding content: what the files in content/ say, read, checked and written to the database.

`sheets` knows YAML and no model, `entries` the format of each kind of file, `loading` the database. The format is
described for its authors in content/README.md.
"""
