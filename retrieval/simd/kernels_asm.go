//go:build amd64 || arm64

package simd

// step is how many numbers the functions over rows take at once.
const step = 32

// A linearCall is what a linear kernel computes: the outputs of one panel, or
// of two that follow each other, for all rows. The kernel moves dst, plus, q,
// scales and rows forward.
type linearCall struct {
	dst *float32 // the first row's outputs of the panel
	// plus is added to the outputs. It is dst or, with a stride of 0, zeros.
	// Reading a dst that is to be overwritten would be slow, as the rows of a
	// layer of 1,536 outputs are 6 KB apart, where loads wait for stores of the
	// same address in a page.
	plus                  *float32
	q                     *uint8   // the first row
	scales                *float32 // the first row's
	weights               *int8    // the panel's, as all that follow
	offsets               *int32
	weightScales          *float32
	bias                  *float32
	strideDst, stridePlus int // bytes from row to row
	in                    int // inputs of the layer
	rows                  int // not 0
}

var zeros [2 * panel]float32

// newLinearCall returns the call for the panel from output p.
func newLinearCall(dst []float32, q []uint8, scales []float32, l *Linear, add bool, p int) linearCall {
	c := linearCall{
		dst: &dst[p], plus: &zeros[0], q: &q[0], scales: &scales[0],
		weights: &l.weights[p*l.in], offsets: &l.offsets[p], weightScales: &l.scales[p], bias: &l.bias[p],
		strideDst: 4 * l.out, in: l.in, rows: len(scales),
	}
	if add {
		c.plus, c.stridePlus = c.dst, c.strideDst
	}
	return c
}

// A matmulCall is what a kernel of float products computes: the columns of one
// panel, or of two that follow each other, for all rows. The kernel moves c, a,
// scales and rows forward.
type matmulCall struct {
	c, a             *float32 // the first row; c at the panel's first column
	b                *float32 // the panel
	scales           *float32 // the first row's
	strideC, strideA int      // bytes from row to row
	inner            int      // not 0
	rows             int      // not 0
}

// newMatmulCall returns the call for the panel from a column.
func newMatmulCall(p floatProduct, column int) matmulCall {
	return matmulCall{
		c: &p.c[column], a: &p.a[0], b: &p.b[column*p.inner], scales: &p.scales[0],
		strideC: 4 * p.strideC, strideA: 4 * p.strideA, inner: p.inner, rows: p.rows,
	}
}

// expTerms are for exp(x) = 2ᶻ with z = x·log2e. The polynomial, its terms from
// the constant up, gives 2ᶻ for |z| up to 1/2 with a relative error of 1e-7.
type expTerms struct {
	terms [6]float32
	log2e float32
	// least limits x from below. Its power of e, 4e-38, is little above the
	// least that float32 keeps in full.
	least float32
}

var forExp = expTerms{
	terms: [6]float32{1, .6931469774997492, .2402224215689297, .05550734067046917, .009671507925879223, .001326457193150779},
	log2e: 1.44269504088896,
	least: -86,
}

func absMaxRow(x []float32) float32 {
	var most float32
	n := len(x) &^ (step - 1)
	if n > 0 {
		most = absMaxAsm(&x[0], n)
	}
	return max(most, absMaxGo(x[n:]))
}

func quantizeRow(dst []uint8, x []float32, inverse float32) {
	n := len(x) &^ (step - 1)
	if n > 0 {
		quantizeAsm(&dst[0], &x[0], n, inverse)
	}
	quantizeGo(dst[n:], x[n:], inverse)
}

func geluRow(x []float32) {
	n := len(x) &^ (step - 1)
	if n > 0 {
		geluAsm(&x[0], n, &forGELU)
	}
	geluRest(x[n:])
}

// geluRest computes what fills no step.
func geluRest(x []float32) {
	if len(x) == 0 {
		return
	}
	var rest [step]float32
	copy(rest[:], x)
	geluAsm(&rest[0], step, &forGELU)
	copy(x, rest[:])
}

func layerNormRow(x, gain, bias []float32, epsilon float32) {
	if len(x)%step != 0 {
		layerNormGo(x, gain, bias, epsilon)
		return
	}
	layerNormAsm(&x[0], &gain[0], &bias[0], len(x), epsilon)
}

func softmaxPartsRow(x []float32) float32 { return softmaxPartsAsm(&x[0], len(x), &forExp) }

// dotSixteens sets dst as Dots does, with a function that takes sixteen numbers
// at once and never none.
func dotSixteens(dst []int32, query []int8, data []byte, stride int, records []int32, dot func(query *int8, row *byte, n int) int32) {
	n := len(query) &^ 15
	for i, r := range records {
		row := data[int(r)*stride:][:len(query)]
		var sum int32
		if n > 0 {
			sum = dot(&query[0], &row[0], n)
		}
		for k, v := range query[n:] {
			sum += int32(v) * int32(int8(row[n+k]))
		}
		dst[i] = sum
	}
}
