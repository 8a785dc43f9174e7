package simd

import "fmt"

// maxDims keeps a dot product within 32 bits: 128·128·65536 = 2³⁰.
const maxDims = 1 << 16

// Dots sets dst[i] to the dot product of query with the signed bytes
// data[records[i]*stride:][:len(query)]. So data are records of stride bytes,
// cut so that they begin with the vector of record 0. The products are exact.
// It panics if a record lies outside of data or if the lengths do not fit.
func Dots(dst []int32, query []int8, data []byte, stride int, records []int32) {
	if len(dst) != len(records) || len(query) > maxDims || stride < len(query) {
		panic(fmt.Sprintf("simd: %d dot products of %d records of %d bytes with a vector of %d", len(dst), len(records), stride, len(query)))
	}
	for _, r := range records {
		if r < 0 || int(r)*stride+len(query) > len(data) {
			panic(fmt.Sprintf("simd: record %d of %d bytes in %d bytes of data", r, stride, len(data)))
		}
	}
	current.dots(dst, query, data, stride, records)
}
