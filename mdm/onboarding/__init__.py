"""An extract that nobody has mapped yet: what its columns may be, and the mapping that is proposed to a steward."""
