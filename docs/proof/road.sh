#!/usr/bin/env bash
# The road by curl: run, wait, reach, read, measure, stop, remove. `URL=... TOKEN=... IMAGE=... docs/proof/road.sh`
# IMAGE must serve HTTP on port 80; COMMAND (a JSON list) is what to run in it, left out: the image's own.
set -euo pipefail
: "${URL:=http://127.0.0.1:8000}" "${TOKEN:?a token, from the console}" "${IMAGE:?an image that serves HTTP on port 80}"
API="$URL/api/v1" P=projects/default/containers
name="curl-$RANDOM"
call() { curl -fsS -H "Authorization: Bearer $TOKEN" -H 'Accept: application/json' -H 'Content-Type: application/json' -X "$1" "$API/$2" "${@:3}"; }
field() { python3 -c 'import json, sys; found = json.load(sys.stdin)
for key in sys.argv[1].split("."): found = found[int(key) if key.isdigit() else key]
print(found)' "$1"; }
command=${COMMAND:+, \"command\": $COMMAND}

made=$(call POST $P -H "Idempotency-Key: $name" -d "{\"name\": \"$name\", \"image\": \"$IMAGE\"$command, \"ports\": [{\"container_port\": 80}]}")
id=$(field id <<<"$made")
echo "POST $P: $(field status <<<"$made"), id $id"
again=$(call POST $P -H "Idempotency-Key: $name" -d "{\"name\": \"$name\", \"image\": \"$IMAGE\"$command, \"ports\": [{\"container_port\": 80}]}")
echo "the same key again: id $(field id <<<"$again")"
for _ in $(seq 100); do seen=$(call GET "$P/$id"); [ "$(field state <<<"$seen")" = running ] && break; sleep 0.1; done
host=$(field host <<<"$seen")
echo "GET: $(field state <<<"$seen") on $host, image $(field image_digest <<<"$seen")"
echo "why: $(call GET "$P/$id/decision" | field text)"
page="http://$(call GET "hosts/$host" | field data_address):$(field ports.0.host_port <<<"$seen")/"
for _ in $(seq 50); do curl -fsS -o /dev/null "$page" 2>/dev/null && break; sleep 0.1; done
echo "its page $page: $(curl -fsS -o /dev/null -w '%{http_code}' "$page")"
echo "its log: $(call GET "$P/$id/logs?tail=1" | field lines.0.text)"
echo "stop: $(call POST "$P/$id/stop" -d '{}' | field desired)"
for _ in $(seq 200); do seen=$(call GET "$P/$id"); [ "$(field state <<<"$seen")" = stopped ] && break; sleep 0.1; done
echo "GET: $(field state <<<"$seen"), $(field message <<<"$seen")"
echo "remove: $(call POST "$P/$id/remove" -d '{}' | field desired)"
for _ in $(seq 100); do [ "$(call GET "$P?q=$name" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["results"]))')" = 0 ] && break; sleep 0.1; done
echo "GET list: gone"
echo "events:"
call GET "$P/$id/events" | python3 -c 'import json, sys
for event in reversed(json.load(sys.stdin)["results"]): print(" ", event["at"][11:23], event["kind"], "by", event["actor"], event["message"])'
