"""Which coordinates of a dataset are its time, latitude, longitude, height and projection.

`rule` says it of one coordinate, from its attributes and its name (CF conventions, chapters 4 and
5); `finder` of a whole xarray object; `projection` brings a projection's coordinates to those of
its coordinate reference system. What is then done with the axes lies in the rooms above.
"""
