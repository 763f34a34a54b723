"""The relay under load, beside others: `make bench-relay`.

    contest   who takes part: ours, forwarder, coturn, murmurd; each on the relay's core, in turns
    udp, tls  what a packet costs, and how late it comes                        (issues of many packets)
    setup     how many calls a second can begin
    slow      one receiver whose TCP window is closed
    floods    strangers and one user who send more than they should, while calls run
    soak      calls coming and going: does anything grow?

The generator is in `bench/load`. A relay has one core and the load the other, everything is on 127.0.0.1.
"""
