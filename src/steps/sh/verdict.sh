# Lets a waiting script go, or makes sure that nobody ever will; the first word counts. Given: dir, verdict.
ln -s "$verdict" "$dir/verdict" 2>/dev/null
found=$(readlink "$dir/verdict") || found=gone
say "$found"
