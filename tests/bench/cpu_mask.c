/* Makes a process believe that its CPU is an older one: loaded with LD_PRELOAD by cpu_mask.py.
 *
 * Linux lets a thread forbid itself the CPUID instruction (arch_prctl ARCH_SET_CPUID, on CPUs with
 * "CPUID faulting"); it then raises SIGSEGV. The handler below carries the instruction out on the
 * thread's behalf and takes away the feature bits of the level that M2M_CPU names. New threads and
 * forked children inherit the ban; a new program begins without it and loads this library again.
 *
 * Only what a program *asks* changes: instructions still work, and XGETBV tells of the wide
 * registers as before, which no dispatcher takes for a feature.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_SET_CPUID 0x1012
#define BIT(n) (1u << (n))

/* Leaf 7: which bits each group of extensions has. Sub-leaf 0: EBX, ECX, EDX; sub-leaf 1: EAX, EDX. */
#define EBX_AVX512_BASE (BIT(16) | BIT(17) | BIT(28) | BIT(30) | BIT(31)) /* F DQ CD BW VL */
#define EBX_AVX512_MORE (BIT(21) | BIT(26) | BIT(27))                     /* IFMA PF ER */
#define ECX_AVX512_MORE (BIT(1) | BIT(6) | BIT(12) | BIT(14))             /* VBMI VBMI2 BITALG VPOPCNTDQ */
#define ECX_AVX512_VNNI BIT(11)
#define EDX_AVX512_MORE (BIT(2) | BIT(3) | BIT(8))                        /* 4VNNIW 4FMAPS VP2INTERSECT */
#define EDX_LATE (BIT(22) | BIT(23) | BIT(24) | BIT(25))                  /* AMX-BF16 FP16 AMX-TILE AMX-INT8 */
#define EAX1_AVX_VNNI BIT(4)
#define EAX1_LATE (BIT(5) | BIT(21) | BIT(23))                            /* BF16 AMX-FP16 AVX-IFMA */
#define EDX1_LATE (BIT(4) | BIT(5) | BIT(8) | BIT(10) | BIT(19))          /* AVX-VNNI-INT8 NE-CONVERT AMX-COMPLEX AVX-VNNI-INT16 AVX10 */

struct level {
    const char *name;
    uint32_t ebx, ecx, edx, eax1, edx1; /* the bits that are taken away */
};

static const struct level LEVELS[] = {
    /* AVX2 and nothing later: Intel 4th to 9th generation, AMD Zen to Zen 3 */
    {"avx2", EBX_AVX512_BASE | EBX_AVX512_MORE, ECX_AVX512_MORE | ECX_AVX512_VNNI,
     EDX_AVX512_MORE | EDX_LATE, EAX1_AVX_VNNI | EAX1_LATE, EDX1_LATE},
    /* AVX2 with its own VNNI: Intel from the 12th generation on */
    {"avxvnni", EBX_AVX512_BASE | EBX_AVX512_MORE, ECX_AVX512_MORE | ECX_AVX512_VNNI,
     EDX_AVX512_MORE | EDX_LATE, EAX1_LATE, EDX1_LATE},
    /* AVX-512 without VNNI: Skylake servers and workstations */
    {"avx512", EBX_AVX512_MORE, ECX_AVX512_MORE | ECX_AVX512_VNNI, EDX_AVX512_MORE | EDX_LATE,
     EAX1_AVX_VNNI | EAX1_LATE, EDX1_LATE},
    /* AVX-512 with VNNI: Ice Lake, Zen 4 */
    {"avx512vnni", 0, 0, EDX_LATE, EAX1_AVX_VNNI | EAX1_LATE, EDX1_LATE},
};

static const struct level *masked;

static void forbid_cpuid(int is_forbidden) { syscall(SYS_arch_prctl, ARCH_SET_CPUID, !is_forbidden); }

static void answer_cpuid(greg_t *registers) {
    uint32_t leaf = (uint32_t)registers[REG_RAX], subleaf = (uint32_t)registers[REG_RCX];
    uint32_t eax = leaf, ebx, ecx = subleaf, edx;
    forbid_cpuid(0);
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    forbid_cpuid(1);
    if (leaf == 7 && subleaf == 0) {
        ebx &= ~masked->ebx;
        ecx &= ~masked->ecx;
        edx &= ~masked->edx;
    } else if (leaf == 7 && subleaf == 1) {
        eax &= ~masked->eax1;
        edx &= ~masked->edx1;
    }
    registers[REG_RAX] = eax;
    registers[REG_RBX] = ebx;
    registers[REG_RCX] = ecx;
    registers[REG_RDX] = edx;
}

static void handle(int signal_number, siginfo_t *info, void *context) {
    int saved = errno;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *code = (const unsigned char *)registers[REG_RIP];
    /* the kernel's own fault, without an address; a wild jump comes with one */
    if (info->si_code == SI_KERNEL && code[0] == 0x0F && code[1] == 0xA2) {
        answer_cpuid(registers);
        registers[REG_RIP] += 2;
    } else {
        signal(signal_number, SIG_DFL); /* a real fault: it strikes again and ends the process */
    }
    errno = saved;
}

static void install(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    /* the C library's own: the one below keeps everybody else away */
    int (*real)(int, const struct sigaction *, struct sigaction *) = dlsym(RTLD_NEXT, "sigaction");
    real(SIGSEGV, &action, NULL);
}

/* Whoever wants SIGSEGV for crash reports would end the masking. */
int sigaction(int number, const struct sigaction *wanted, struct sigaction *old) {
    static int (*real)(int, const struct sigaction *, struct sigaction *);
    if (!real) real = dlsym(RTLD_NEXT, "sigaction");
    return real(number, number == SIGSEGV && masked ? NULL : wanted, old);
}

__attribute__((constructor)) static void start(void) {
    const char *wanted = getenv("M2M_CPU");
    if (!wanted || !*wanted || !strcmp(wanted, "full")) return;
    for (size_t n = 0; n < sizeof LEVELS / sizeof *LEVELS; n++)
        if (!strcmp(LEVELS[n].name, wanted)) masked = &LEVELS[n];
    if (!masked) {
        fprintf(stderr, "cpu_mask: M2M_CPU=%s is no level\n", wanted);
        _exit(97);
    }
    install();
    if (syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0) != 0) {
        fprintf(stderr, "cpu_mask: CPUID faulting is refused (%s)\n", strerror(errno));
        _exit(97);
    }
}
