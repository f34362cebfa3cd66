"""look_ups.py --build FOLDER [--keys N...] - databases of random keys, and what others make of as many

Builds each database, looks keys up in it beside plain fetches of cache lines, and runs what else is
installed: maps in memory (absl, boost, khash, a sorted array), SQLite, LMDB, hfind, YARA, ClamAV.
Prints Markdown tables.  --build is a release build with tests.  Databases stay in --folder.
"""
import argparse
import hashlib
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time


def run(*command, check=True):
    """The "name value" lines that a program prints."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        if check:
            sys.exit(f"{command[0]} ended with status {done.returncode}: {done.stderr}")
        return {}
    return dict(line.split(None, 1) for line in done.stdout.splitlines() if " " in line)


def timed(command, most=60):
    """Seconds and peak memory of a command, or None when it takes longer than `most`."""
    began = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        done, _, usage = os.wait4(process.pid, os.WNOHANG)
        took = time.monotonic() - began
        if done:
            process.returncode = 0
            return took, usage.ru_maxrss / 1024
        if took > most:
            process.kill()
            os.wait4(process.pid, 0)
            process.returncode = -9
            return None
        time.sleep(0.002)


def machine():
    caches = []
    base = "/sys/devices/system/cpu/cpu0/cache"
    for index in sorted(os.listdir(base)) if os.path.isdir(base) else []:
        parts = []
        for name in ("level", "type", "size"):
            try:
                with open(os.path.join(base, index, name), encoding="ascii") as file:
                    parts.append(file.read().strip())
            except OSError:
                parts.append("?")
        caches.append("L{} {} {}".format(*parts))
    model = ""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    print(f"{model}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; caches: {'; '.join(caches)}\n")


def table(title, rows):
    print(f"### {title}\n")
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + "---|" * len(rows[0]))
    for row in rows[1:]:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print(flush=True)


def count_name(count):
    return f"10^{len(str(count)) - 1}" if str(count).strip("0") == "1" else str(count)


def ours(bench, folder, sizes):
    built = [["keys", "seconds", "keys/s and core", "with two threads", "peak MiB, limit 512"]]
    opened = [["what", "keys", "made in, s", "open + one look-up", "resident or peak"]]
    looked = [["keys", "how", "huge, MiB", "floor: footprint", "filter", "table", "entries", "miss", "/ floor", "hit",
               "/ table + entries", "/ all three", "half hit", "dependent fetch", "single miss", "/ fetch"]]
    for keys in sizes:
        path = os.path.join(folder, f"{keys}.vpdb")
        one = run(os.path.join(bench, "make_database"), path, keys)
        two = run(os.path.join(bench, "make_database"), path, keys, 512, 2)
        built.append([count_name(keys), one["seconds"], one["keys/s-core"], two["seconds"] + " s", one["peak-MiB"]])
        for how in ("map", "copy"):
            if how == "copy" and keys > 2e7:
                continue
            got = run(os.path.join(bench, "look_up"), path, keys, how)
            if how == "map":
                opened.append(["this", count_name(keys), one["seconds"],
                               f"{got['open-us']} us + {float(got['miss-single']) / 1000:.2f}",
                               f"{got['open-resident-KiB']} KiB; {got['bytes-a-key']} + {got['bytes-a-key-cold']} bytes a key"])
            looked.append([count_name(keys), how, got["huge-pages-MiB"], got["floor-footprint"], got["floor-filter"],
                           got["floor-table"], got["floor-entries"], got["miss-batched"], got["miss-ratio"],
                           got["hit-batched"], got["hit-ratio"], got["hit-ratio-three"], got["half-batched"],
                           got["dependent-fetch"], got["miss-single"], got["single-ratio"]])
    table("Building", built)
    table("Looking up, ns a key", looked)
    return opened


def maps(bench, sizes):
    program = os.path.join(bench, "peer_maps")
    if not os.path.exists(program):
        return
    rows = [["keys", "structure", "miss, ns", "hit, ns", "bytes a key"]]
    for keys in sizes:
        if keys > 2e7:
            continue
        got = run(program, keys)
        for name in sorted(name[:-5] for name in got if name.endswith("-miss")):
            rows.append([count_name(keys), name, got[name + "-miss"], got[name + "-hit"], got[name + "-bytes"]])
    table("In memory: maps and arrays", rows)


def digests(count, algorithm):
    source = random.Random(5)
    for _ in range(count):
        yield hashlib.new(algorithm, source.randbytes(8)).hexdigest()


def store(name):
    """SQLite or LMDB: building takes the time, opening is a map."""
    def attempt(bench, folder, count):
        program = os.path.join(bench, "peer_stores")
        path = os.path.join(folder, f"{count}.{name}")
        if not os.path.exists(program):
            return None
        got = run(program, name, path, count, check=False)
        if os.path.exists(path):
            os.unlink(path)
        return got and (float(got["build-seconds"]), f"{got['open-us']} us; a miss {got['miss']} ns",
                        f"{got['resident-MiB']} MiB")
    return attempt


def hfind(_, folder, count):
    path = os.path.join(folder, "hashes.md5")
    with open(path, "w", encoding="ascii") as out:
        out.writelines(f"{digest}  name{i}\n" for i, digest in enumerate(digests(count, "md5")))
    made = timed(["hfind", "-i", "md5sum", path])
    got = timed(["hfind", path, "0" * 32])
    return made and got and (made[0], f"{got[0] * 1000:.0f} ms", f"{got[1]:.0f} MiB")


def yara(_, folder, count):
    path, sample = os.path.join(folder, "hashes.yar"), os.path.join(folder, "sample")
    with open(path, "w", encoding="ascii") as out:
        out.write('import "hash"\n')
        out.writelines(f'rule r{i} {{ condition: hash.sha256(0, filesize) == "{digest}" }}\n'
                       for i, digest in enumerate(digests(count, "sha256")))
    made = timed(["yarac", path, path + "c"])
    got = made and timed(["yara", "-C", path + "c", sample])
    return got and (made[0], f"{got[0] * 1000:.0f} ms, one small file", f"{got[1]:.0f} MiB")


def clamscan(_, folder, count):
    path, sample = os.path.join(folder, "hashes.hsb"), os.path.join(folder, "sample")
    with open(path, "w", encoding="ascii") as out:
        out.writelines(f"{digest}:*:name{i}:73\n" for i, digest in enumerate(digests(count, "sha256")))
    got = timed(["clamscan", "--no-summary", f"--database={path}", sample])
    os.unlink(path)
    return got and (0, f"{got[0] * 1000:.0f} ms, one small file", f"{got[1]:.0f} MiB")


PEERS = {"SQLite, WITHOUT ROWID, mapped": (None, store("sqlite"), (10**5, 10**6, 10**7)),
         "LMDB": (None, store("lmdb"), (10**5, 10**6, 10**7)),
         "hfind, indexed": ("hfind", hfind, (10**5, 10**6, 10**7)),
         "yara, compiled hash rules": ("yara", yara, (10**3, 10**4, 10**5, 10**6)),
         "clamscan": ("clamscan", clamscan, (10**5, 10**6, 10**7))}


def largest(bench, folder, most):
    """Each at the largest size that it makes or loads within a minute."""
    with open(os.path.join(folder, "sample"), "wb") as file:
        file.write(bytes(4096))
    for name, (tool, attempt, counts) in PEERS.items():
        best = None
        for count in counts if not tool or shutil.which(tool) else ():
            got = attempt(bench, folder, count) if count <= most else None
            if not got or got[0] > 60:
                break
            best = [name, count_name(count), f"{got[0]:.1f}", got[1], got[2]]
        yield best or [name, "not here", "", "", ""]


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--build", required=True)
    words.add_argument("--keys", type=float, nargs="+", default=[1e3, 1e6, 1e7])
    words.add_argument("--folder", help="for databases; a temporary one that is removed")
    words.add_argument("--peers", action="store_true", help="others too")
    options = words.parse_args()
    sizes = [int(keys) for keys in options.keys]
    bench = os.path.join(options.build, "tests", "bench")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or temporary
        machine()
        opened = ours(bench, folder, sizes)
        if options.peers:
            opened.extend(largest(bench, folder, max(*sizes, 10**5)))
        table("Opening", opened)
        if options.peers:
            maps(bench, sizes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
