# bash completion for vendorprint
# A test compares the words here with --help.

_vendorprint_words()
{
    local examining="--digests --limit-memory --limit-member-memory --limit-expanded --limit-depth
        --limit-members --limit-time --magic-file --spool-folder --anchors"
    case $1 in
    scan)
        echo "--format --jobs --policy --database --all --features --unordered" \
            "--cache --bundles --one-file-system --quiet --catalogs --help $examining"
        ;;
    identify) echo "--format --help $examining" ;;
    features) echo "--format --database --all --catalogs --help $examining" ;;
    explain) echo "--format --policy --database --features --catalogs --help $examining" ;;
    lookup) echo "--format --database --all --help" ;;
    lint) echo "--format --help" ;;
    build) echo "--output --memory --jobs --help" ;;
    db) echo "--format --database --output --memory --jobs --help" ;;
    *) echo "scan identify features explain lookup lint build db --help --version" ;;
    esac
}

_vendorprint()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words
    local command=
    ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}
    case $previous in
    --format | -f) words="text json ndjson csv" ;;
    --digests | -g) words="md5 sha1 sha256 xxh3" ;;
    --policy | -p)
        words=$(vendorprint db info --format ndjson 2> /dev/null |
            grep -o '"id":"[a-z0-9-]*"' | cut -d '"' -f 4)
        ;;
    --jobs | -j | --memory | -m | --limit-*) return ;;
    db) ((COMP_CWORD == 2)) && words="info verify merge" ;;
    esac
    if [[ -z ${words-} && ($current == -* || -z $command) ]]; then
        words=$(_vendorprint_words "$command")
    fi
    if [[ -n ${words-} ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _vendorprint vendorprint
