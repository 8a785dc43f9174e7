// Instructions that the assembler does not know, from the Arm Architecture
// Reference Manual, C7.2. The parameters are numbers of vector registers, the
// destination last as everywhere in this assembler.

// sdot d.4s, n.16b, m.4b[lane], lane being 2*h + l
#define SDOTLANE(m, h, l, n, d) WORD $(0x4F80E000 | (l)<<21 | (m)<<16 | (h)<<11 | (n)<<5 | (d))

// sdot d.4s, n.16b, m.16b
#define SDOT(m, n, d) WORD $(0x4E809400 | (m)<<16 | (n)<<5 | (d))

// fmla d.4s, n.4s, m.s[lane], lane being 2*h + l
#define FMLALANE(m, h, l, n, d) WORD $(0x4F801000 | (l)<<21 | (m)<<16 | (h)<<11 | (n)<<5 | (d))

// fmul d.4s, n.4s, m.s[0]
#define FMULFIRST(m, n, d) WORD $(0x4F809000 | (m)<<16 | (n)<<5 | (d))

// fadd, fsub, fmul, fmla, fmax, fmin, faddp d.4s, n.4s, m.4s
#define FADD4(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d))
#define FSUB4(m, n, d) WORD $(0x4EA0D400 | (m)<<16 | (n)<<5 | (d))
#define FMUL4(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d))
#define FMLA4(m, n, d) WORD $(0x4E20CC00 | (m)<<16 | (n)<<5 | (d))
#define FMAX4(m, n, d) WORD $(0x4E20F400 | (m)<<16 | (n)<<5 | (d))
#define FMIN4(m, n, d) WORD $(0x4EA0F400 | (m)<<16 | (n)<<5 | (d))
#define FADDP4(m, n, d) WORD $(0x6E20D400 | (m)<<16 | (n)<<5 | (d))

// fabs, frintn, fcvtns, scvtf d.4s, n.4s
#define FABS4(n, d) WORD $(0x4EA0F800 | (n)<<5 | (d))
#define FRINTN4(n, d) WORD $(0x4E218800 | (n)<<5 | (d))
#define FCVTNS4(n, d) WORD $(0x4E21A800 | (n)<<5 | (d))
#define SCVTF4(n, d) WORD $(0x4E21D800 | (n)<<5 | (d))

// fmaxv d.s, n.4s
#define FMAXV4(n, d) WORD $(0x6E30F800 | (n)<<5 | (d))

// sqxtn d.4h, n.4s; sqxtn2 d.8h, n.4s; sqxtn d.8b, n.8h; sqxtn2 d.16b, n.8h
#define SQXTN4S(n, d) WORD $(0x0E614800 | (n)<<5 | (d))
#define SQXTN24S(n, d) WORD $(0x4E614800 | (n)<<5 | (d))
#define SQXTN8H(n, d) WORD $(0x0E214800 | (n)<<5 | (d))
#define SQXTN28H(n, d) WORD $(0x4E214800 | (n)<<5 | (d))

// NEXTROW sets next to the row after last if more than n rows, the number in
// R1, are left, or else to last. R8 has the bytes of a row.
#define NEXTROW(last, next, n) \
	ADD  R8, last, next; \
	CMP  $n, R1; \
	CSEL GT, next, last, next
