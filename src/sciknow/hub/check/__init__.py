"""The verb that asks sources whether they still answer."""
