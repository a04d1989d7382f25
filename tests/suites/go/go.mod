module checks

go 1.18
