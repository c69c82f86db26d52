"""What data are at one moment, as digests."""
