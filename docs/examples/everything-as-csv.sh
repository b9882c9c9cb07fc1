#!/bin/sh
# Fetches collections and customers as CSV files into a folder: everything-as-csv.sh folder
set -eu
folder=${1:-.}
for list in collections customers; do
  curl -sS --fail-with-body "$DAFTARI_URL/v1/$list" -H "Authorization: Bearer $DAFTARI_KEY" \
    -H 'Accept: text/csv' -o "$folder/$list.csv"
  echo "$folder/$list.csv"
done
