"""What may wait and may touch the machine.

clock    the one place that reads the time
stream   asyncio ⇄ `session.tls`
audio    sound cards and WAV files behind one small interface
store    a client's folder and a relay's: atomic, private
"""
