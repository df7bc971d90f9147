"""Speed of the whole, measured beside a reference on the same machine in the same run.

python -m benchmarks            all of them
python -m benchmarks latency    one of them: latency, startup, folder, epoch, server
"""
