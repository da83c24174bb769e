#!/bin/sh
# Guess    Tags group operations in the documentation; a generated client has each operation once, or once per group.
# Truth    The Go generator writes an operation once for each of its tags, each time with its request type
#          `ApiGetOwnerRequest`, in several files of one package: "redeclared in this block", nothing compiles. `validate`
#          reports no error, and `generate` prints no warning about it.
# Matters  If one operation of a valid document has two tags, no Go client can be generated that compiles. One tag per
#          operation, with the other tags in an extension, compiles.
# Versions org.openapitools:openapi-generator-cli 7.25.0; needs Java, Maven and Go
# Date     2026-11-27
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact=org.openapitools:openapi-generator-cli:7.25.0 -DoutputDirectory=. >maven.log
document() {
  cat <<JSON
{"openapi":"3.0.3","info":{"title":"Pets","version":"1.0.0"},"paths":{"/owner":{"get":{"operationId":"getOwner","tags":$1,
"responses":{"200":{"description":"Who","content":{"application/json":{"schema":{"type":"object","properties":{"name":{"type":"string"}}}}}}}}}}}
JSON
}
# What Go's compiler says of the client.
client() {
  document "$2" >"$1.json"
  java -jar openapi-generator-cli-7.25.0.jar validate -i "$1.json"
  java -jar openapi-generator-cli-7.25.0.jar generate -g go -i "$1.json" -o "$1" --additional-properties withGoMod=false --global-property apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false >"$1.log" 2>&1
  printf 'module pets\n\ngo 1.19\n' >"$1/go.mod"
  (cd "$1" && go vet ./... 2>&1) || true
}
echo "openapi-generator-cli 7.25.0, $(go version)"
echo 'tags ["Owner"]:'
client one '["Owner"]' | tee one.txt
echo 'tags ["Owner", "Pet"]:'
client two '["Owner", "Pet"]' | tee two.txt
! grep -q redeclared one.txt
grep -q 'ApiGetOwnerRequest redeclared in this block' two.txt
! grep -q WARN two.log
