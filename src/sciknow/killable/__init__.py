"""Work in processes that can be killed: for engines that hang, die or eat memory.

`pool` starts them, asks them and kills them; `serve` is the program that runs in them. What is done
there is a file of the room that needs it, loaded by path, which imports nothing of sciknow.
"""
