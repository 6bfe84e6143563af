# bash completion for dimse: eval "$(dimse completion bash)"
# How many words stand before this one that are no options and no values of those named, and the first of them.
_dimse_place() {
	local at word skip=
	place=0 first=
	for ((at = 2; at < COMP_CWORD; at++)); do
		word=${COMP_WORDS[at]}
		if [ "$word" = = ]; then skip=1
		elif [ -n "$skip" ]; then skip=
		elif [[ " $1 " == *" $word "* ]]; then skip=1
		elif [[ "$word" != -* ]]; then
			[ -n "$first" ] || first=$word
			place=$((place + 1))
		fi
	done
}
_dimse() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words= place first
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W 'echo find get move browse store receive qrscp demo doctor explain trace node completion help --help --version' -- "$word"))
		return
	fi
	case "${COMP_WORDS[1]}" in
	echo|echoscu)
		case "$before" in
			-c|--count|--repeat) :; return ;;
			--interval) :; return ;;
			-aet|--calling|-aet|--aetitle|--calling-aet) :; return ;;
			-aec|--called|-aec|--call|--called-aet) :; return ;;
			-to|--connect-timeout|-to) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--idle-timeout|-tn|--network-timeout|-ts|--socket-timeout) :; return ;;
			--timeout) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			--ts) :; return ;;
			--family) COMPREPLY=($(compgen -W 'auto 4 6' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-servername|--request-sni) :; return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			-usr|--user|-usr) :; return ;;
			--password-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-kt|--kerberos-file|-kt|--kerberos) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--saml-file|--saml) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--jwt-file|--jwt) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-F|--format) COMPREPLY=($(compgen -W 'table wide expanded tsv csv json jsonl dicom-json name dump' -- "$word")); return ;;
			--progress) COMPREPLY=($(compgen -W 'auto bar plain none' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-c --count --interval --stats -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --ipv4 --ipv6 --trace --trace-full --redact --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response --abort -F --format --json --jsonl --csv --tsv --header --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-c --count --repeat --interval -aet --calling -aet --aetitle --calling-aet -aec --called -aec --call --called-aet -to --connect-timeout -to -ta --acse-timeout -ta -td --dimse-timeout -td -tn --idle-timeout -tn --network-timeout -ts --socket-timeout --timeout -pdu --max-pdu -pdu --ts --family --trace --tls-ca +cf --add-cert-file --tls-cert --tls-key --tls-servername --request-sni --tls-min --tls-passphrase -usr --user -usr --password-file --password -kt --kerberos-file -kt --kerberos --saml-file --saml --jwt-file --jwt -F --format --progress -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
		esac ;;
	find|findscu)
		case "$before" in
			-L|--level) COMPREPLY=($(compgen -W 'patient study series instance' -- "$word")); return ;;
			-M|--model) COMPREPLY=($(compgen -W 'study patient psonly worklist ups' -- "$word")); return ;;
			-k|--key|--keyword) :; return ;;
			-f|--file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--name) :; return ;;
			--id) :; return ;;
			--acc) :; return ;;
			--date) :; return ;;
			--time) :; return ;;
			--birth) :; return ;;
			-m|--modality) :; return ;;
			--desc) :; return ;;
			--study-uid) :; return ;;
			--series-uid) :; return ;;
			--sop-uid) :; return ;;
			--fields) :; return ;;
			--limit|--cancel) :; return ;;
			--charset) :; return ;;
			--ext) :; return ;;
			--max-queries) :; return ;;
			-o|--out|-od|--output-directory) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")); return ;;
			-aet|--calling|-aet|--aetitle|--calling-aet) :; return ;;
			-aec|--called|-aec|--call|--called-aet) :; return ;;
			-to|--connect-timeout|-to) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--idle-timeout|-tn|--network-timeout|-ts|--socket-timeout) :; return ;;
			--timeout) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			--ts) :; return ;;
			--family) COMPREPLY=($(compgen -W 'auto 4 6' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-servername|--request-sni) :; return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			-usr|--user|-usr) :; return ;;
			--password-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-kt|--kerberos-file|-kt|--kerberos) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--saml-file|--saml) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--jwt-file|--jwt) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-F|--format) COMPREPLY=($(compgen -W 'table wide expanded tsv csv json jsonl dicom-json name dump' -- "$word")); return ;;
			--progress) COMPREPLY=($(compgen -W 'auto bar plain none' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-L --level -M --model -S --study -P --patient -O --psonly -W --worklist --mwl -U --ups -k --key -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --keep-case --fields --limit --strict-match --charset --ext --relational-query --dt-matching --fuzzy-names --timezone-adj --enhanced-conversion --all --max-queries --why --allow-empty --no-filter -w --write -o --out -0 --nul --raw --csv-safe -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --ipv4 --ipv6 --trace --trace-full --redact --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response --abort -F --format --json --jsonl --csv --tsv --header --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-L --level -M --model -k --key --keyword -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --fields --limit --cancel --charset --ext --max-queries -o --out -od --output-directory -aet --calling -aet --aetitle --calling-aet -aec --called -aec --call --called-aet -to --connect-timeout -to -ta --acse-timeout -ta -td --dimse-timeout -td -tn --idle-timeout -tn --network-timeout -ts --socket-timeout --timeout -pdu --max-pdu -pdu --ts --family --trace --tls-ca +cf --add-cert-file --tls-cert --tls-key --tls-servername --request-sni --tls-min --tls-passphrase -usr --user -usr --password-file --password -kt --kerberos-file -kt --kerberos --saml-file --saml --jwt-file --jwt -F --format --progress -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) : ;;
		esac ;;
	get|getscu)
		case "$before" in
			-L|--level) COMPREPLY=($(compgen -W 'patient study series instance' -- "$word")); return ;;
			-k|--key|--keyword) :; return ;;
			-f|--file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--name) :; return ;;
			--id) :; return ;;
			--acc) :; return ;;
			--date) :; return ;;
			--time) :; return ;;
			--birth) :; return ;;
			-m|--modality) :; return ;;
			--desc) :; return ;;
			--study-uid) :; return ;;
			--series-uid) :; return ;;
			--sop-uid) :; return ;;
			--charset) :; return ;;
			--ext) :; return ;;
			--from) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--frames) :; return ;;
			--unit) COMPREPLY=($(compgen -W 'study series instance' -- "$word")); return ;;
			-j|--jobs) :; return ;;
			--settle) :; return ;;
			--late) :; return ;;
			--retry-missing) :; return ;;
			--missing) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--journal) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--cancel) :; return ;;
			-F|--format) COMPREPLY=($(compgen -W 'json' -- "$word")); return ;;
			-M|--model) COMPREPLY=($(compgen -W 'study patient psonly composite no-bulk' -- "$word")); return ;;
			--contexts) :; return ;;
			--listen) :; return ;;
			--listen-aet|--store-aet) :; return ;;
			-o|--out|-od|--output-directory) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")); return ;;
			--layout) :; return ;;
			--exists) COMPREPLY=($(compgen -W 'skip overwrite keep-both' -- "$word")); return ;;
			--accept) :; return ;;
			--prefer-ts) :; return ;;
			--durability) COMPREPLY=($(compgen -W 'full data off' -- "$word")); return ;;
			-aet|--calling|-aet|--aetitle|--calling-aet) :; return ;;
			-aec|--called|-aec|--call|--called-aet) :; return ;;
			-to|--connect-timeout|-to) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--idle-timeout|-tn|--network-timeout|-ts|--socket-timeout) :; return ;;
			--timeout) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			--ts) :; return ;;
			--family) COMPREPLY=($(compgen -W 'auto 4 6' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-servername|--request-sni) :; return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			-usr|--user|-usr) :; return ;;
			--password-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-kt|--kerberos-file|-kt|--kerberos) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--saml-file|--saml) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--jwt-file|--jwt) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--progress) COMPREPLY=($(compgen -W 'auto bar plain none' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-L --level -k --key -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --keep-case --strict-match --charset --ext --relational-retrieval --relational-query --dt-matching --fuzzy-names --timezone-adj --enhanced-conversion --from --frames --unit -j --jobs --no-verify --settle --late --retry-missing --missing --journal --allow-empty --cancel -F --format --json -M --model -S --study -P --patient -O --psonly --composite --no-bulk --without-bulk-data --contexts --no-fallback --listen --listen-aet --listen-tls -o --out --layout --flat --exists --ignore --accept --prefer-ts --durability -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --ipv4 --ipv6 --trace --trace-full --redact --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-L --level -k --key --keyword -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --charset --ext --from --frames --unit -j --jobs --settle --late --retry-missing --missing --journal --cancel -F --format -M --model --contexts --listen --listen-aet --store-aet -o --out -od --output-directory --layout --exists --accept --prefer-ts --durability -aet --calling -aet --aetitle --calling-aet -aec --called -aec --call --called-aet -to --connect-timeout -to -ta --acse-timeout -ta -td --dimse-timeout -td -tn --idle-timeout -tn --network-timeout -ts --socket-timeout --timeout -pdu --max-pdu -pdu --ts --family --trace --tls-ca +cf --add-cert-file --tls-cert --tls-key --tls-servername --request-sni --tls-min --tls-passphrase -usr --user -usr --password-file --password -kt --kerberos-file -kt --kerberos --saml-file --saml --jwt-file --jwt --progress -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) : ;;
		esac ;;
	move|movescu)
		case "$before" in
			-L|--level) COMPREPLY=($(compgen -W 'patient study series instance' -- "$word")); return ;;
			-k|--key|--keyword) :; return ;;
			-f|--file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--name) :; return ;;
			--id) :; return ;;
			--acc) :; return ;;
			--date) :; return ;;
			--time) :; return ;;
			--birth) :; return ;;
			-m|--modality) :; return ;;
			--desc) :; return ;;
			--study-uid) :; return ;;
			--series-uid) :; return ;;
			--sop-uid) :; return ;;
			--charset) :; return ;;
			--ext) :; return ;;
			--from) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--frames) :; return ;;
			--unit) COMPREPLY=($(compgen -W 'study series instance' -- "$word")); return ;;
			-j|--jobs) :; return ;;
			--settle) :; return ;;
			--late) :; return ;;
			--retry-missing) :; return ;;
			--missing) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--journal) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--cancel) :; return ;;
			-F|--format) COMPREPLY=($(compgen -W 'json' -- "$word")); return ;;
			-M|--model) COMPREPLY=($(compgen -W 'study patient psonly composite' -- "$word")); return ;;
			--dest) :; return ;;
			--listen) :; return ;;
			--listen-aet|--store-aet) :; return ;;
			-o|--out|-od|--output-directory) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")); return ;;
			--layout) :; return ;;
			--exists) COMPREPLY=($(compgen -W 'skip overwrite keep-both' -- "$word")); return ;;
			--accept) :; return ;;
			--prefer-ts) :; return ;;
			--durability) COMPREPLY=($(compgen -W 'full data off' -- "$word")); return ;;
			-aet|--calling|-aet|--aetitle|--calling-aet) :; return ;;
			-aec|--called|-aec|--call|--called-aet) :; return ;;
			-to|--connect-timeout|-to) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--idle-timeout|-tn|--network-timeout|-ts|--socket-timeout) :; return ;;
			--timeout) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			--ts) :; return ;;
			--family) COMPREPLY=($(compgen -W 'auto 4 6' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-servername|--request-sni) :; return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			-usr|--user|-usr) :; return ;;
			--password-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-kt|--kerberos-file|-kt|--kerberos) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--saml-file|--saml) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--jwt-file|--jwt) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--progress) COMPREPLY=($(compgen -W 'auto bar plain none' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-L --level -k --key -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --keep-case --strict-match --charset --ext --relational-retrieval --relational-query --dt-matching --fuzzy-names --timezone-adj --enhanced-conversion --from --frames --unit -j --jobs --no-verify --settle --late --retry-missing --missing --journal --allow-empty --cancel -F --format --json -M --model -S --study -P --patient -O --psonly --composite --dest --to-me --listen --listen-aet --listen-tls -o --out --layout --flat --exists --ignore --accept --prefer-ts --durability -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --ipv4 --ipv6 --trace --trace-full --redact --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-L --level -k --key --keyword -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --charset --ext --from --frames --unit -j --jobs --settle --late --retry-missing --missing --journal --cancel -F --format -M --model --dest --listen --listen-aet --store-aet -aem --move-aet -aem --move -o --out -od --output-directory --layout --exists --accept --prefer-ts --durability -aet --calling -aet --aetitle --calling-aet -aec --called -aec --call --called-aet -to --connect-timeout -to -ta --acse-timeout -ta -td --dimse-timeout -td -tn --idle-timeout -tn --network-timeout -ts --socket-timeout --timeout -pdu --max-pdu -pdu --ts --family --trace --tls-ca +cf --add-cert-file --tls-cert --tls-key --tls-servername --request-sni --tls-min --tls-passphrase -usr --user -usr --password-file --password -kt --kerberos-file -kt --kerberos --saml-file --saml --jwt-file --jwt --progress -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) : ;;
		esac ;;
	browse|tui)
		case "$before" in
			--theme) COMPREPLY=($(compgen -W 'auto dark light mono' -- "$word")); return ;;
			-k|--key|--keyword) :; return ;;
			-f|--file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--name) :; return ;;
			--id) :; return ;;
			--acc) :; return ;;
			--date) :; return ;;
			--time) :; return ;;
			--birth) :; return ;;
			-m|--modality) :; return ;;
			--desc) :; return ;;
			--study-uid) :; return ;;
			--series-uid) :; return ;;
			--sop-uid) :; return ;;
			--charset) :; return ;;
			--listen) :; return ;;
			--listen-aet|--store-aet) :; return ;;
			-o|--out|-od|--output-directory) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")); return ;;
			--layout) :; return ;;
			--exists) COMPREPLY=($(compgen -W 'skip overwrite keep-both' -- "$word")); return ;;
			--accept) :; return ;;
			--prefer-ts) :; return ;;
			--durability) COMPREPLY=($(compgen -W 'full data off' -- "$word")); return ;;
			-aet|--calling|-aet|--aetitle|--calling-aet) :; return ;;
			-aec|--called|-aec|--call|--called-aet) :; return ;;
			-to|--connect-timeout|-to) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--idle-timeout|-tn|--network-timeout|-ts|--socket-timeout) :; return ;;
			--timeout) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			--ts) :; return ;;
			--family) COMPREPLY=($(compgen -W 'auto 4 6' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-servername|--request-sni) :; return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			-usr|--user|-usr) :; return ;;
			--password-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-kt|--kerberos-file|-kt|--kerberos) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--saml-file|--saml) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--jwt-file|--jwt) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='--theme --mask-phi --pick --a11y --mouse --ascii -k --key -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --keep-case --charset --listen --listen-aet --listen-tls -o --out --layout --flat --exists --ignore --accept --prefer-ts --durability -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --ipv4 --ipv6 --trace --trace-full --redact --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '--theme -k --key --keyword -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --charset --listen --listen-aet --store-aet -o --out -od --output-directory --layout --exists --accept --prefer-ts --durability -aet --calling -aet --aetitle --calling-aet -aec --called -aec --call --called-aet -to --connect-timeout -to -ta --acse-timeout -ta -td --dimse-timeout -td -tn --idle-timeout -tn --network-timeout -ts --socket-timeout --timeout -pdu --max-pdu -pdu --ts --family --trace --tls-ca +cf --add-cert-file --tls-cert --tls-key --tls-servername --request-sni --tls-min --tls-passphrase -usr --user -usr --password-file --password -kt --kerberos-file -kt --kerberos --saml-file --saml --jwt-file --jwt -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
		esac ;;
	store|storescu)
		case "$before" in
			--files-from) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-j|--jobs) :; return ;;
			-aet|--calling|-aet|--aetitle|--calling-aet) :; return ;;
			-aec|--called|-aec|--call|--called-aet) :; return ;;
			-to|--connect-timeout|-to) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--idle-timeout|-tn|--network-timeout|-ts|--socket-timeout) :; return ;;
			--timeout) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			--ts) :; return ;;
			--family) COMPREPLY=($(compgen -W 'auto 4 6' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-servername|--request-sni) :; return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			-usr|--user|-usr) :; return ;;
			--password-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-kt|--kerberos-file|-kt|--kerberos) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--saml-file|--saml) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--jwt-file|--jwt) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--max-send-pdu) :; return ;;
			-F|--format) COMPREPLY=($(compgen -W 'json' -- "$word")); return ;;
			--progress) COMPREPLY=($(compgen -W 'auto bar plain none' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='--no-recurse --files-from -j --jobs --halt -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --ipv4 --ipv6 --trace --trace-full --redact --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response --abort --max-send-pdu -F --format --json --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '--files-from -j --jobs -aet --calling -aet --aetitle --calling-aet -aec --called -aec --call --called-aet -to --connect-timeout -to -ta --acse-timeout -ta -td --dimse-timeout -td -tn --idle-timeout -tn --network-timeout -ts --socket-timeout --timeout -pdu --max-pdu -pdu --ts --family --trace --tls-ca +cf --add-cert-file --tls-cert --tls-key --tls-servername --request-sni --tls-min --tls-passphrase -usr --user -usr --password-file --password -kt --kerberos-file -kt --kerberos --saml-file --saml --jwt-file --jwt --max-send-pdu -F --format --progress -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")); compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$word")) ;;
			*) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$word")) ;;
		esac ;;
	receive|storescp)
		case "$before" in
			-aet|--aet|-aet|--aetitle|--ae-title|--calling) :; return ;;
			-ba|--bind-address|-ba|--bind) :; return ;;
			-c|--count) :; return ;;
			--until-idle) :; return ;;
			--allow) :; return ;;
			--max-associations) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-tn|--network-timeout|-tn|-ts|--socket-timeout|-td|--dimse-timeout) :; return ;;
			-o|--out|-od|--output-directory) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")); return ;;
			--layout) :; return ;;
			--exists) COMPREPLY=($(compgen -W 'skip overwrite keep-both' -- "$word")); return ;;
			--accept) :; return ;;
			--prefer-ts) :; return ;;
			--durability) COMPREPLY=($(compgen -W 'full data off' -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-F|--format) COMPREPLY=($(compgen -W 'name json' -- "$word")); return ;;
			--progress) COMPREPLY=($(compgen -W 'auto bar plain none' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-aet --aet -ba --bind-address -c --count --until-idle --require-called --allow --max-associations -pdu --max-pdu -ta --acse-timeout -tn --network-timeout -o --out --layout --flat --exists --ignore --accept --prefer-ts --durability --tls --tls-cert --tls-key --tls-ca --tls-min --trace --trace-full --redact -F --format --json --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-aet --aet -aet --aetitle --ae-title --calling -ba --bind-address -ba --bind -c --count --until-idle --allow --max-associations -pdu --max-pdu -pdu -ta --acse-timeout -ta -tn --network-timeout -tn -ts --socket-timeout -td --dimse-timeout -o --out -od --output-directory --layout --exists --accept --prefer-ts --durability --tls-cert --tls-key --tls-ca +cf --add-cert-file --tls-min --tls-passphrase --trace -F --format --progress -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) : ;;
			*) : ;;
		esac ;;
	qrscp|dcmqrscp)
		case "$before" in
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			-c|--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-aet|--ae-title|-aet|--aetitle|--aet) :; return ;;
			--port) :; return ;;
			-ba|--bind-address|-ba|--bind) :; return ;;
			--instance-location) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")); return ;;
			--database-location) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--import) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--duplicates) COMPREPLY=($(compgen -W 'replace keep reject' -- "$word")); return ;;
			--durability) COMPREPLY=($(compgen -W 'full data off' -- "$word")); return ;;
			--accept) COMPREPLY=($(compgen -W 'storage any' -- "$word")); return ;;
			--min-free-space) :; return ;;
			--max-instance-size) :; return ;;
			--worklist) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")); return ;;
			--match-limit) :; return ;;
			--move-dest) :; return ;;
			--allow) :; return ;;
			--max-associations) :; return ;;
			--max-associations-per-ae) :; return ;;
			--max-associations-per-address) :; return ;;
			--max-connections) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--network-timeout|-tn) :; return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			--audit-log) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--admin) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--simulate) :; return ;;
		esac
		case "$word" in
			-*) words='-h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color -c --config --no-config --trace --trace-full --redact -aet --ae-title --port -ba --bind-address --instance-location --database-location --clean -y --yes --import --reindex --exit --duplicates --durability --accept --min-free-space --max-instance-size --worklist --match-limit --move-dest --receive-only --no-get --allow --require-called --max-associations --max-associations-per-ae --max-associations-per-address --max-connections -pdu --max-pdu -ta --acse-timeout -td --dimse-timeout -tn --network-timeout --tls --tls-cert --tls-key --tls-ca --tls-min --audit-log --json-log --admin --no-admin --simulate'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-ll --log-level -ll --color -c --config --trace -aet --ae-title -aet --aetitle --aet --port -ba --bind-address -ba --bind --instance-location --database-location --import --duplicates --durability --accept --min-free-space --max-instance-size --worklist --match-limit --move-dest --allow --max-associations --max-associations-per-ae --max-associations-per-address --max-connections -pdu --max-pdu -pdu -ta --acse-timeout -ta -td --dimse-timeout -td -tn --network-timeout -tn --tls-cert --tls-key --tls-ca +cf --add-cert-file --tls-min --tls-passphrase --audit-log --admin --simulate'
		case "$place $first" in
			0*) : ;;
			*) : ;;
		esac ;;
	demo)
		case "$before" in
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--port) :; return ;;
			--studies) :; return ;;
		esac
		case "$word" in
			-*) words='-h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config --port --studies --once --stay'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-ll --log-level -ll --color --config --port --studies'
		case "$place $first" in
			0*) : ;;
			*) : ;;
		esac ;;
	doctor)
		case "$before" in
			--soak) :; return ;;
			--listen) :; return ;;
			-F|--format) COMPREPLY=($(compgen -W 'json' -- "$word")); return ;;
			-aet|--calling|-aet|--aetitle|--calling-aet) :; return ;;
			-aec|--called|-aec|--call|--called-aet) :; return ;;
			-to|--connect-timeout|-to) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--idle-timeout|-tn|--network-timeout|-ts|--socket-timeout) :; return ;;
			--timeout) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			--ts) :; return ;;
			--family) COMPREPLY=($(compgen -W 'auto 4 6' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-servername|--request-sni) :; return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			-usr|--user|-usr) :; return ;;
			--password-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-kt|--kerberos-file|-kt|--kerberos) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--saml-file|--saml) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--jwt-file|--jwt) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='--move --get --deep --soak --probe-aets -y --yes --listen --report --strict -F --format --json -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --ipv4 --ipv6 --trace --trace-full --redact --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '--soak --listen -F --format -aet --calling -aet --aetitle --calling-aet -aec --called -aec --call --called-aet -to --connect-timeout -to -ta --acse-timeout -ta -td --dimse-timeout -td -tn --idle-timeout -tn --network-timeout -ts --socket-timeout --timeout -pdu --max-pdu -pdu --ts --family --trace --tls-ca +cf --add-cert-file --tls-cert --tls-key --tls-servername --request-sni --tls-min --tls-passphrase -usr --user -usr --password-file --password -kt --kerberos-file -kt --kerberos --saml-file --saml --jwt-file --jwt -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
		esac ;;
	explain)
		case "$before" in
			-F|--format) COMPREPLY=($(compgen -W 'json' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-F --format --json -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-F --format -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) : ;;
			*) : ;;
		esac ;;
	trace)
		case "$before" in
			--filter) :; return ;;
			-F|--format) COMPREPLY=($(compgen -W 'json' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='--filter --hex --redact -F --format --json -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '--filter -F --format -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="show convert stats"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*' show'|*' convert'|*' stats') compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$word")) ;;
		esac ;;
	node)
		case "$before" in
			-aet|--calling|-aet|--aetitle|--calling-aet) :; return ;;
			-aec|--called|-aec|--call|--called-aet) :; return ;;
			--as) COMPREPLY=($(compgen -W 'orthanc dcmqrscp pynetdicom dcm4chee' -- "$word")); return ;;
			--study-uid) :; return ;;
			--listen) :; return ;;
			-to|--connect-timeout|-to) :; return ;;
			-ta|--acse-timeout|-ta) :; return ;;
			-td|--dimse-timeout|-td) :; return ;;
			-tn|--idle-timeout|-tn|--network-timeout|-ts|--socket-timeout) :; return ;;
			--timeout) :; return ;;
			-pdu|--max-pdu|-pdu) :; return ;;
			--ts) :; return ;;
			--family) COMPREPLY=($(compgen -W 'auto 4 6' -- "$word")); return ;;
			--trace) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-ca|+cf|--add-cert-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-cert) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-key) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--tls-servername|--request-sni) :; return ;;
			--tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$word")); return ;;
			-usr|--user|-usr) :; return ;;
			--password-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-kt|--kerberos-file|-kt|--kerberos) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--saml-file|--saml) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			--jwt-file|--jwt) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
			-F|--format) COMPREPLY=($(compgen -W 'table wide expanded tsv csv json jsonl dicom-json name dump' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-aet --calling -aec --called --as --all --matching --study-uid --listen --replace -n --dry-run -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --ipv4 --ipv6 --trace --trace-full --redact --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response -F --format --json --jsonl --csv --tsv --header -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-aet --calling -aet --aetitle --calling-aet -aec --called -aec --call --called-aet --as --study-uid --listen -to --connect-timeout -to -ta --acse-timeout -ta -td --dimse-timeout -td -tn --idle-timeout -tn --network-timeout -ts --socket-timeout --timeout -pdu --max-pdu -pdu --ts --family --trace --tls-ca +cf --add-cert-file --tls-cert --tls-key --tls-servername --request-sni --tls-min --tls-passphrase -usr --user -usr --password-file --password -kt --kerberos-file -kt --kerberos --saml-file --saml --jwt-file --jwt -F --format -ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="list show add set edit rename rm test card export import caps"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			1' show'|1' set'|1' edit'|1' rename'|1' card'|1' export') words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*' rm'|*' test'|*' caps') words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*' import') compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$word")) ;;
		esac ;;
	completion)
		case "$before" in
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="bash zsh fish"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) : ;;
		esac ;;
	help)
		case "$before" in
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '-ll --log-level -ll --color --config'
		case "$place $first" in
			0*) words="echo find get move browse store receive qrscp demo doctor explain trace node completion help exit-codes keys formats compat environment tls"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) : ;;
		esac ;;
	esac
}
complete -o bashdefault -F _dimse dimse
