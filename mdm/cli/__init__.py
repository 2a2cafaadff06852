"""The `mdm` command: options in, one call, one rendering."""
