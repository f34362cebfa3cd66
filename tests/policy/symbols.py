"""symbols.py SHARED ARCHIVE HEADER - what the library shows, keeps and calls

The shared library exports the functions of the header and nothing else; no object of ours has
writable data of static life; the library doesn't print, exit, or touch locale and signals.
"""
import re
import subprocess
import sys

CALLS_NEVER = set(
    "printf puts putchar fprintf vprintf vfprintf perror exit _exit quick_exit abort signal sigaction "
    "setlocale OBJ_create atexit system popen execve fork strtok rand srand getenv_s setenv putenv "
    "gets strerror localtime gmtime asctime ctime".split()
)
WRITABLE = re.compile(r"^\.(data|bss|tdata|tbss)(\.(?!rel\.ro).*)?$")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def names(shared, which):
    lines = output("nm", "-D", which, shared).splitlines()
    return {line.split()[-1].split("@")[0] for line in lines}


def check_exports(shared, header):
    with open(header, encoding="utf-8") as text:
        plain = re.sub(r"/\*.*?\*/", "", text.read(), flags=re.DOTALL)
    declared = set(re.findall(r"\b(vp_\w+)\(", plain))
    exported = names(shared, "--defined-only")
    return [f"{name} is exported and not in the header" for name in sorted(exported - declared)] + [
        f"{name} is in the header and not exported" for name in sorted(declared - exported)
    ]


def check_data(archive):
    wrong, member = [], "?"
    for line in output("size", "-A", archive).splitlines():
        fields = line.split()
        if "(ex " in line or line.endswith(":"):
            member = fields[0]
        elif len(fields) == 3 and WRITABLE.match(fields[0]) and int(fields[1]):
            wrong.append(f"{member}: {fields[1]} bytes in {fields[0]}")
    return wrong


def check_calls(shared):
    called = names(shared, "--undefined-only")
    plain = {name[2:-4] if name.startswith("__") and name.endswith("_chk") else name for name in called}
    return [f"calls {name}" for name in sorted(plain & CALLS_NEVER)]


def main():
    shared, archive, header = sys.argv[1:]
    checks = [
        ("exactly the functions of the header are exported", check_exports(shared, header)),
        ("no object has writable static data", check_data(archive)),
        ("nothing is called that prints, exits or changes the process", check_calls(shared)),
    ]
    print(f"1..{len(checks)}")
    for number, (title, wrong) in enumerate(checks, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {title}")
        for line in wrong:
            print("#", line)
            print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
