"""NetCDF, classic and HDF5, single files and sets."""
