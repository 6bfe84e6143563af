# bash completion for dimse: eval "$(dimse completion bash)"
_dimse() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W 'echo find store node completion help --help --version' -- "$word"))
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
			-*) words='-c --count --interval --stats -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --abort --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response -F --format --json --jsonl --csv --tsv --header --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
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
			-*) words='-L --level -M --model -S --study -P --patient -O --psonly -W --worklist --mwl -U --ups -k --key -f --file --name --id --acc --date --time --birth -m --modality --desc --study-uid --series-uid --sop-uid --keep-case --fields --limit --strict-match --charset --ext --relational-query --dt-matching --fuzzy-names --timezone-adj --enhanced-conversion --allow-empty --no-filter -w --write -o --out -0 --nul --raw --csv-safe -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --abort --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response -F --format --json --jsonl --csv --tsv --header --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
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
			-*) words='--no-recurse --files-from -j --jobs --halt -aet --calling -aec --called -to --connect-timeout -ta --acse-timeout -td --dimse-timeout -tn --idle-timeout --timeout -pdu --max-pdu --ts --family --ip-auto --abort --tls --tls-ca --tls-cert --tls-key --tls-servername --tls-min -ic --tls-insecure -usr --user --password-file -kt --kerberos-file --saml-file --jwt-file -rsp --positive-response --max-send-pdu -F --format --json --progress --events -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) words="$(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")); compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$word")) ;;
		esac ;;
	node)
		case "$before" in
			-aet|--calling|-aet) :; return ;;
			-aec|--called|-aec) :; return ;;
			-F|--format) COMPREPLY=($(compgen -W 'table wide expanded tsv csv json jsonl dicom-json name dump' -- "$word")); return ;;
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-aet --calling -aec --called -F --format --json --jsonl --csv --tsv --header -h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) words="list show add rm $(dimse node list -F name 2>/dev/null)"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
		esac ;;
	completion)
		case "$before" in
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) words="bash zsh fish"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
		esac ;;
	help)
		case "$before" in
			-ll|--log-level|-ll) COMPREPLY=($(compgen -W 'fatal error warn info debug trace' -- "$word")); return ;;
			--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
			--config) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		case "$word" in
			-*) words='-h --help -V --version -q --quiet -v --verbose -d --debug -ll --log-level --color --no-color --config --no-config'; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) words="echo find store node completion help exit-codes keys formats compat environment tls"; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
		esac ;;
	esac
}
complete -o bashdefault -F _dimse dimse
