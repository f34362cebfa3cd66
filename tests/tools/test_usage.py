"""--help, the manual and the completions say the same."""

import re
import subprocess

import pytest

from conftest import COMMAND, SOURCE

COMMANDS = ["scan", "identify", "features", "explain", "lookup", "lint", "build", "db"]


@pytest.fixture
def run(run_without_database):
    return run_without_database


def options_of(run, command):
    """The long options in --help, each with its letter or None."""
    done = run(command, "--help") if command else run("--help")
    assert done.status == 0 and done.err == ""
    found = re.findall(r"^ {2}(?:-(\w), | {4})--([a-z-]+)", done.out, re.MULTILINE)
    assert found
    return {name: letter or None for letter, name in found}


@pytest.fixture
def every(run):
    options = {}
    for command in (None, *COMMANDS):
        options.update(options_of(run, command))
    return options


def test_help_lists_the_commands(run):
    help = run("--help").out
    assert re.findall(r"^  ([a-z]+) ", help.split("Options:")[0], re.MULTILINE) == COMMANDS
    assert run("-h").out == help


def test_version_is_said(run):
    assert re.fullmatch(r"vendorprint \d+\.\d+\.\d+\n", run("--version").out)
    assert run("-V").out == run("--version").out


def test_the_manual_has_every_option_and_no_other(every):
    manual = (SOURCE / "docs" / "vendorprint.1").read_text()
    listed = {}
    for letter, name in re.findall(r"^\.It Fl (?:(\w) , )?-([a-z-]+)", manual, re.MULTILINE):
        listed[name] = letter or None
    assert listed == every


def test_the_manual_has_every_command_and_no_other():
    manual = (SOURCE / "docs" / "vendorprint.1").read_text()
    section = manual.split(".Ss Commands")[1].split(".Ss Options")[0]
    assert re.findall(r"^\.It Cm ([a-z]+)", section, re.MULTILINE) == COMMANDS


def bash_words(text, command):
    body = re.search(r"_vendorprint_words\(\)\n\{(.*?)\n\}", text, re.DOTALL)[1]
    examining = re.search(r'examining="(.*?)"', body, re.DOTALL)[1]
    words = re.search(rf"^    {command}\)(.*?);;", body, re.DOTALL | re.MULTILINE)[1]
    return set(re.findall(r"--([a-z-]+)", words.replace("$examining", examining)))


def test_bash_completes_every_option_and_no_other(run):
    text = (SOURCE / "tools" / "completions" / "vendorprint.bash").read_text()
    for command in COMMANDS:
        assert bash_words(text, command) == set(options_of(run, command)), command
    last = re.search(r'\*\) echo "(.*?)" ;;', text)[1].split()
    assert last == [*COMMANDS, "--help", "--version"]


def test_zsh_completes_every_option_and_no_other(run):
    text = (SOURCE / "tools" / "completions" / "_vendorprint").read_text()
    assert re.findall(r"^    '([a-z]+):", text, re.MULTILINE) == COMMANDS
    groups = dict(re.findall(r"^  ([a-z]+)=(\(.*?)(?=^  [a-z]|^  if)", text,
                             re.DOTALL | re.MULTILINE))
    for command in COMMANDS:
        body = re.search(rf"^    {command}\)(.*?);;", text, re.DOTALL | re.MULTILINE)[1]
        body = re.sub(r"\$([a-z]+)", lambda match: groups[match[1]], body)
        words = set(re.findall(r"--([a-z][a-z-]+)", body))
        assert words == set(options_of(run, command)), command


def test_fish_completes_every_option_and_no_other(run):
    text = (SOURCE / "tools" / "completions" / "vendorprint.fish").read_text()
    sets = {name: words.split() for name, words in re.findall(r"^set -l (\w+) (.*)$", text,
                                                              re.MULTILINE)}
    assert sets["commands"] == COMMANDS
    listed = {command: {"help"} for command in COMMANDS}
    assert "-l help" in text and "-s V -l version" in text
    for line in text.splitlines():
        name = re.search(r" -l ([a-z-]+)", line)
        where = re.search(r'-n "__fish_seen_subcommand_from ([^;"]*)', line)
        if not name or not where:
            continue
        words = where[1].replace("$", "").split()
        commands = [c for word in words for c in sets.get(word, [word])]
        if "not __fish_seen_subcommand_from build" in line:
            commands.remove("build")
        for command in commands:
            listed[command].add(name[1])
    for command in COMMANDS:
        assert listed[command] == set(options_of(run, command)), command


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["scan"], ["identify"], ["features"], ["explain"], ["lint"], ["build"],
    ["db"], ["db", "nonsense"], ["db", "info", "a", "b"], ["db", "merge", "a"], ["db", "merge", "-o", "a"], ["build", "a"],
    ["scan", "--nonsense", "."], ["scan", "-Z", "."], ["scan", "--format", "xml", "."],
    ["scan", "--format"], ["scan", "--jobs", "0", "."], ["scan", "--jobs", "1x", "."],
    ["scan", "--limit-memory", "10Q", "."], ["scan", "--limit-memory", "99999999999999999999", "."],
    ["scan", "--limit-memory", "99999999999T", "."], ["scan", "--digests", "md5,", "."],
    ["scan", "--digests", "crc", "."], ["lookup", "--policy", "x", "y"], ["identify", "-d", "x", "y"],
])
def test_wrong_usage_is_said(run, arguments):
    done = run(*arguments)
    assert done.status == 64
    assert done.out == "" and done.err != ""


def test_control_characters_in_arguments_are_escaped(run):
    done = run("scan", "--\x1b[31m", ".")
    assert done.status == 64 and "\x1b" not in done.err
    assert "\x1b" not in run("\x1b[31m").err


def test_help_that_cannot_be_written_fails(run):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([COMMAND, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 70
