"""Servers on the loopback interface that tests start themselves.

`web.DataServer` serves a folder with byte ranges, counts requests and bytes, and fails, stalls,
truncates or redirects on demand; `objects.object_server` is moto's S3.
"""
