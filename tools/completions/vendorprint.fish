# fish completion for vendorprint
# A test compares the words here with --help.

set -l commands scan identify features explain lookup lint build db
set -l examining scan identify features explain
set -l loading scan features explain lookup db

complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -f -a scan -d 'Whose code lies below a path'
complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -f -a identify -d 'What a file is'
complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -f -a features -d 'What is seen of a file'
complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -f -a explain -d 'Each finding in words'
complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -f -a lookup -d 'Look up values'
complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -f -a lint -d 'Check a signature set'
complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -f -a build -d 'Compile a signature set'
complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -f -a db -d 'Look into a database'
complete -c vendorprint -n "not __fish_seen_subcommand_from $commands" -s V -l version -d 'Print the version'
complete -c vendorprint -s h -l help -d 'Print a summary of the options'

complete -c vendorprint -n "__fish_seen_subcommand_from db" -f -a 'info verify merge'
complete -c vendorprint -n "__fish_seen_subcommand_from $commands; and not __fish_seen_subcommand_from build" -s f -l format -x -a 'text json ndjson csv' -d 'Format of the results'
complete -c vendorprint -n "__fish_seen_subcommand_from $loading" -s d -l database -r -d 'Use this database'
complete -c vendorprint -n "__fish_seen_subcommand_from scan build db" -s j -l jobs -x -d 'Threads'
complete -c vendorprint -n "__fish_seen_subcommand_from scan explain" -s p -l policy -x -d 'Answer by this policy'
complete -c vendorprint -n "__fish_seen_subcommand_from scan explain" -l features -d 'List the features in JSON'
complete -c vendorprint -n "__fish_seen_subcommand_from scan features lookup" -s a -l all -d 'Everything'
complete -c vendorprint -n "__fish_seen_subcommand_from scan" -s u -l unordered -d 'Results as they come'
complete -c vendorprint -n "__fish_seen_subcommand_from scan" -l cache -r -d 'Answers about unchanged files'
complete -c vendorprint -n "__fish_seen_subcommand_from scan" -l bundles -d 'Compare the files that signed bundles list'
complete -c vendorprint -n "__fish_seen_subcommand_from scan" -s x -l one-file-system -d 'Do not cross mount points'
complete -c vendorprint -n "__fish_seen_subcommand_from scan" -s q -l quiet -d 'No progress line'
complete -c vendorprint -n "__fish_seen_subcommand_from build db" -s o -l output -r -d 'The database to write'
complete -c vendorprint -n "__fish_seen_subcommand_from build db" -s m -l memory -x -d 'Memory for keys'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -s g -l digests -x -a 'md5 sha1 sha256 xxh3' -d 'Compute these digests'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l limit-memory -x -d 'Memory a file'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l limit-member-memory -x -d 'Of a member kept in memory'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l limit-expanded -x -d 'Taken out of containers'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l limit-depth -x -d 'Containers in containers'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l limit-members -x -d 'Objects a file'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l limit-time -x -d 'Wall clock a file'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l magic-file -r -d 'Data for libmagic'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l anchors -r -d 'Certificates to trust'
complete -c vendorprint -n "__fish_seen_subcommand_from scan features explain" -l catalogs -r -d 'Look files up in the catalogs there'
complete -c vendorprint -n "__fish_seen_subcommand_from $examining" -l spool-folder -r -d 'Where large members may be kept'
