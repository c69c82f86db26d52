"""What the tests let a process do: echo, sleep, eat memory, die, print, spin."""

import os
import signal
import sys
import time


def start(*arguments):
    if arguments[:1] == ("fail",):
        sys.exit(3)
    if arguments[:1] == ("hang",):
        time.sleep(60)
    return {"arguments": arguments, "pid": os.getpid()}, answer


def answer(head, data):
    do = head.get("do", "echo")
    if do == "sleep":
        time.sleep(head["time"])
    elif do == "spin":
        while True:
            pass
    elif do == "eat":
        try:
            return {"size": len(bytearray(head["size"]))}, b""
        except MemoryError:
            return {"error": "memory"}, b""
    elif do == "die":
        os.kill(os.getpid(), getattr(signal, head["signal"]))
    elif do == "exit":
        os._exit(head["code"])
    elif do == "print":
        print("a library says hello")
        os.write(1, b"and its C part, too\n")
    return {"pid": os.getpid(), "said": head.get("said")}, data[::-1]
