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
    opened = [["keys", "open, us", "resident, KiB", "filter + table, bytes a key", "entries + records, bytes a key"]]
    looked = [["keys", "how", "huge, MiB", "floor: footprint", "filter", "table", "entries", "miss", "/ floor", "hit",
               "/ sum of floors", "dependent fetch", "single miss", "/ fetch"]]
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
                opened.append([count_name(keys), got["open-us"], got["open-resident-KiB"], got["bytes-a-key"],
                               got["bytes-a-key-cold"]])
            looked.append([count_name(keys), how, got["huge-pages-MiB"], got["floor-footprint"], got["floor-filter"],
                           got["floor-table"], got["floor-entries"], got["miss-batched"], got["miss-ratio"],
                           got["hit-batched"], got["hit-ratio"], got["dependent-fetch"], got["miss-single"],
                           got["single-ratio"]])
    table("Building", built)
    table("Opening", opened)
    table("Looking up, ns a key", looked)


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


def stores(bench, folder, sizes):
    program = os.path.join(bench, "peer_stores")
    if not os.path.exists(program):
        return
    rows = [["keys", "store", "built in, s", "open and one look-up, us", "miss, ns", "resident, MiB"]]
    for keys in sizes:
        if keys > 2e7:
            continue
        for name in ("sqlite", "lmdb"):
            path = os.path.join(folder, f"{keys}.{name}")
            if os.path.exists(path):
                os.unlink(path)
            got = run(program, name, path, keys)
            rows.append([count_name(keys), name, got["build-seconds"], got["open-us"], got["miss"], got["resident-MiB"]])
            os.unlink(path)
    table("Mapped files", rows)


def digests(count, algorithm):
    source = random.Random(5)
    for _ in range(count):
        yield hashlib.new(algorithm, source.randbytes(8)).hexdigest()


def hash_tools(folder, most):
    """What scanners take hashes in: one process that loads them and looks at one small file."""
    rows = [["tool", "hashes", "seconds for one small file", "peak, MiB"]]
    sample = os.path.join(folder, "sample")
    with open(sample, "wb") as file:
        file.write(bytes(4096))

    def attempt(tool, count, command):
        got = timed(command)
        rows.append([tool, count_name(count), *((f"{got[0]:.2f}", f"{got[1]:.0f}") if got else ("more than 60", "-"))])
        return got

    if shutil.which("hfind"):
        for count in (10**5, 10**6):
            path = os.path.join(folder, "hashes.md5")
            with open(path, "w", encoding="ascii") as out:
                out.writelines(f"{digest}  name{i}\n" for i, digest in enumerate(digests(count, "md5")))
            subprocess.run(["hfind", "-i", "md5sum", path], capture_output=True, check=False)
            attempt("hfind, indexed", count, ["hfind", path, "0" * 32])
    if shutil.which("yara"):
        for count in (10**3, 10**4, 10**5):
            path = os.path.join(folder, "hashes.yar")
            with open(path, "w", encoding="ascii") as out:
                out.write('import "hash"\n')
                out.writelines(f'rule r{i} {{ condition: hash.sha256(0, filesize) == "{digest}" }}\n'
                               for i, digest in enumerate(digests(count, "sha256")))
            if subprocess.run(["yarac", path, path + "c"], capture_output=True, check=False).returncode == 0:
                if not attempt("yara, compiled rules", count, ["yara", "-C", path + "c", sample]):
                    break
    if shutil.which("clamscan"):
        for count in (10**5, 10**6, 10**7):
            if count > most:
                break
            path = os.path.join(folder, "hashes.hsb")
            with open(path, "w", encoding="ascii") as out:
                out.writelines(f"{digest}:*:name{i}:73\n" for i, digest in enumerate(digests(count, "sha256")))
            got = attempt("clamscan", count, ["clamscan", "--no-summary", f"--database={path}", sample])
            os.unlink(path)
            if not got:
                break
    table("Tools that look hashes up", rows)


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
        ours(bench, folder, sizes)
        if options.peers:
            maps(bench, sizes)
            stores(bench, folder, sizes)
            hash_tools(folder, max(sizes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
