// NEXTROW sets next to the row after last if more than n rows, the number in
// DX, are left, or else to last. SI has the bytes of a row.
#define NEXTROW(last, next, n) \
	LEAQ    (last)(SI*1), next; \
	CMPQ    DX, $n; \
	CMOVQLE last, next
