/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The program: one binary, subcommands. Each gets its own argc and argv with its name first
 * and returns the exit status: 0 done, 1 failed, 2 wrong use.
 */

#include "recordings/commands.h"
#include "server/app/account_commands.h"
#include "server/app/bench/bench.h"
#include "server/app/examine.h"
#include "server/app/server.h"
#include "server/app/transcribe.h"
#include "server/app/unknown_files.h"
#include "server/papers/commands.h"

#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} Subcommand;

static const Subcommand subcommands[] = {
    {"serve", heard_serve_main, "run the server"},
    {"derive", heard_derive_main, "make playable files of a recording"},
    {"composite", heard_composite_main, "one film (MP4) of a recording"},
    {"export", heard_export_main, "a recording as a capture file, for other people's tools"},
    {"statement", heard_statement_main, "documents of a recording for the case file, as PDF"},
    {"paper", heard_paper_main, "a document of a hearing from its JSON: PDF and HTML"},
    {"package", heard_package_main, "a recording as one zip that can be checked anywhere"},
    {"timestamp", heard_timestamp_main, "have a closed recording time-stamped (RFC 3161)"},
    {"copy", heard_copy_main, "bring a recording to a second place: a folder or an S3 store"},
    {"recordings", heard_recordings_main, "list what lies among the recordings unknown or missing"},
    {"verify", heard_verify_main, "check a recording; needs neither server nor key"},
    {"examine", heard_examine_main, "what an uploaded file is, by its content"},
    {"transcribe", heard_transcribe_main, "between a hearing's sound and a speech service"},
    {"user", heard_user_main, "add staff accounts"},
    {"token", heard_token_main, "make a bearer token for a program"},
    {"bench", heard_bench_main, "measure a server with synthetic peers"},
};

static void print_help(FILE *out)
{
    fprintf(out, "heard: video hearings and mediation\n\nUsage: heard COMMAND [OPTIONS]\n\n");
    for (size_t i = 0; i < G_N_ELEMENTS(subcommands); i++)
        fprintf(out, "  %-10s %s\n", subcommands[i].name, subcommands[i].help);
    fprintf(out, "\n  --help, --version\n\n`heard COMMAND --help` tells the options.\n");
}

int main(int argc, char **argv)
{
    /* Names are Chinese whatever the terminal says; numbers and texts stay the C locale's. */
    setlocale(LC_CTYPE, "C.UTF-8");
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("heard %s\n", HEARD_VERSION);
        return 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(subcommands); i++)
        if (strcmp(argv[1], subcommands[i].name) == 0)
            return subcommands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "heard: unknown command '%s' (heard --help)\n", argv[1]);
    return 2;
}
