"""The pure matching algorithms, on columns.

Everything here is a function of its arguments: no file, database, clock, chance, entity type or country.
"""
