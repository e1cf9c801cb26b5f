/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/package.h"

static void append_signed_bytes(GString *text, const HeardVerifyReport *report)
{
    HeardJournalState journal = {.count = report->journal_lines};
    uint8_t log_id[HEARD_LOG_ID_SIZE] = {0};
    uint8_t bytes[HEARD_CHECKPOINT_SIZE];
    size_t digits = 0;

    for (const char *c = report->log_id; *c && digits < 2 * HEARD_LOG_ID_SIZE; c++) {
        int value = g_ascii_xdigit_value(*c);

        if (value < 0)
            continue;
        log_id[digits / 2] = (uint8_t)(digits % 2 ? log_id[digits / 2] | value : value << 4);
        digits++;
    }
    if (!heard_chain_from_hex(journal.head, report->chain_head))
        return;
    heard_journal_checkpoint(&journal, log_id, bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
}

/* What a person types who has only openssl: the signature over the end, from exact bytes. */
static void append_openssl(GString *text, const HeardPackageFacts *facts,
                           const HeardVerifyReport *report)
{
    if (!facts->end_certificate)
        return;
    g_string_append_printf(text,
                           "    openssl x509 -in %s -noout -subject -dates -fingerprint -sha256\n"
                           "    openssl x509 -in %s -noout -pubkey > key.pem\n"
                           "    printf '",
                           facts->end_certificate, facts->end_certificate);
    append_signed_bytes(text, report);
    g_string_append(
        text, "' | xxd -r -p > signed.bin\n"
              "    sed 's/.*\"signature\":\"\\([0-9a-f]*\\)\".*/\\1/' original/seal.json | xxd -r "
              "-p > signature.bin\n"
              "    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed.bin -sigfile "
              "signature.bin");
    g_string_append(text,
                    facts->end_is_sm2 ? " -digest sm3 -pkeyopt distid:1234567812345678\n" : "\n");
}

static void append_time(GString *text, const HeardVerifyReport *report, const char *before)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(report->started_wall_ms / 1000);
    g_autofree char *when = at ? g_date_time_format(at, "%Y-%m-%d %H:%M:%S UTC") : g_strdup("-");

    g_string_append_printf(text, "%s%s\n", before, when);
}

static void append_range(GString *text, const HeardVerifyReport *report)
{
    const int64_t ends[] = {report->excerpt.from_ms, report->excerpt.to_ms};

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        g_string_append_printf(text, "%s%02d:%02d:%02d.%03d", i > 0 ? " – " : "",
                               (int)(ends[i] / 3600000), (int)(ends[i] / 60000 % 60),
                               (int)(ends[i] / 1000 % 60), (int)(ends[i] % 1000));
}

/* What this part is, and what it is not. */
static void append_part(GString *text, const HeardVerifyReport *report, bool zh)
{
    const HeardExcerpt *excerpt = &report->excerpt;

    if (!heard_excerpt_is_some(excerpt))
        return;
    g_string_append(text,
                    zh ? "片段（不是整份录音录像）：" : "Excerpt (not the whole recording): ");
    append_range(text, report);
    g_string_append_printf(
        text,
        zh ? "\n所含分段：第 %u 至 %u 段，整份共 %" G_GUINT64_FORMAT
             " 段。分段按整分钟封存，可能比片段略长。\n"
           : "\nSegments: %u to %u of %" G_GUINT64_FORMAT
             ". They are sealed by the minute and may reach beyond the excerpt.\n",
        excerpt->first_segment, excerpt->last_segment, report->log_segments);
}

/* What can be played. */
static void append_playable(GString *text, const HeardPackageFacts *facts,
                            const HeardVerifyReport *report, bool zh)
{
    if (heard_excerpt_is_some(&report->excerpt)) {
        if (facts->has_clip)
            g_string_append(text, zh ? "  clip.mp4           由原件制作的这一片段的画面和声音"
                                       "（未加密，注意保密）。\n"
                                     : "  clip.mp4           a film of this very stretch, made of "
                                       "the recording. It is NOT encrypted.\n");
        return;
    }
    if (zh)
        g_string_append(text,
                        facts->has_derived
                            ? "  derived/           "
                              "由原件制作的可播放文件（未加密，注意保密）。mix.webm 为全部声音。\n"
                            : "  derived/           没有：导出时尚未制作可播放文件。\n");
    else
        g_string_append(
            text, facts->has_derived
                      ? "  derived/           files made of it that can be played. They are "
                        "NOT encrypted. mix.webm is everybody's sound.\n"
                      : "  derived/           is missing: no playable files were made yet.\n");
}

static void append_zh(GString *text, const HeardPackageFacts *facts,
                      const HeardVerifyReport *report)
{
    bool is_signed = report->signer_fingerprint[0] != '\0';

    g_string_append_printf(text, "录音录像%s导出包  %s\n\n",
                           heard_excerpt_is_some(&report->excerpt) ? "片段" : "", facts->number);
    append_part(text, report, true);
    append_time(text, report, "开始时间：");
    g_string_append_printf(text, "签名者：%s\n证书指纹（SHA-256）：%s\n",
                           is_signed ? report->signer : "无",
                           is_signed ? report->signer_fingerprint : "无");
    g_string_append_printf(text, "导出时的核验结果：%s（详见 verification.json）\n\n",
                           report->result == HEARD_VERIFY_INTACT ? "完好" : "不完好");
    g_string_append(
        text, "一、内容\n"
              "  original/          原始录音录像，原样复制。内容为密文，没有机构密钥无法播放。\n"
              "  certificates/      签名者的证书。\n");
    append_playable(text, facts, report, true);
    g_string_append(text, "  verify.html        核验网页，用浏览器打开，不联网。\n"
                          "  verification.json  导出时 heard verify 的结果，以及未能读取的内容。\n"
                          "  manifest.sha256    所有文件的 SHA-256。\n\n"
                          "二、如何核验（任选其一）\n"
                          "  1. 用浏览器打开 verify.html，选择本 ZIP 文件或解压后的文件夹。\n"
                          "     请使用来源可靠的 verify.html，例如向办公室索取的一份。\n"
                          "  2. 在装有 heard 的电脑上运行：heard verify original\n"
                          "  3. 只用常见工具：\n\n"
                          "    sha256sum -c manifest.sha256\n");
    append_openssl(text, facts, report);
    g_string_append(text, "    openssl ts -verify -data original/seal.json -in "
                          "original/timestamp.tsr -CAfile 时间戳机构.pem\n\n"
                          "  时间戳只在有 original/timestamp.tsr 时核验。\n");
    if (is_signed)
        g_string_append(text,
                        "  请把证书指纹与办公室公布的指纹比对：相同，才能说明由该办公室制作。\n");
    g_string_append(text, "\n三、格式\n"
                          "  原件的格式见 recordings/FORMAT.md（日志格式第 1 版）。\n\n\n");
}

static void append_en(GString *text, const HeardPackageFacts *facts,
                      const HeardVerifyReport *report)
{
    bool is_signed = report->signer_fingerprint[0] != '\0';

    g_string_append_printf(text, "Export package of %srecording %s\n\n",
                           heard_excerpt_is_some(&report->excerpt) ? "an excerpt of " : "",
                           facts->number);
    append_part(text, report, false);
    append_time(text, report, "Started: ");
    g_string_append_printf(text, "Signed by: %s\nCertificate fingerprint (SHA-256): %s\n",
                           is_signed ? report->signer : "nobody",
                           is_signed ? report->signer_fingerprint : "-");
    g_string_append_printf(text, "When it was packed: %s (see verification.json)\n\n",
                           report->result == HEARD_VERIFY_INTACT ? "intact"
                                                                 : "altered or incomplete");
    g_string_append(
        text, "1. What is in here\n"
              "  original/          the recording as it was written. It is encrypted: nobody plays "
              "it without the organisation's key.\n"
              "  certificates/      who signed.\n");
    append_playable(text, facts, report, false);
    g_string_append(
        text,
        "  verify.html        a page that checks all of this; open it in a browser, no network.\n"
        "  verification.json  what heard verify said when it was packed, and what could not be "
        "read.\n"
        "  manifest.sha256    SHA-256 of all files.\n\n"
        "2. How to check it (one of these)\n"
        "  a. Open verify.html in a browser and choose this ZIP file or the unpacked folder.\n"
        "     Take the page from somebody you trust, e.g. a copy that the office gives out.\n"
        "  b. With heard installed: heard verify original\n"
        "  c. With common tools only:\n\n"
        "    sha256sum -c manifest.sha256\n");
    append_openssl(text, facts, report);
    g_string_append(
        text, "    openssl ts -verify -data original/seal.json -in original/timestamp.tsr -CAfile "
              "authority.pem\n\n"
              "  The last only where original/timestamp.tsr is there.\n");
    if (is_signed)
        g_string_append(text, "  Compare the certificate's fingerprint with the one that the "
                              "office publishes: only then this office made it.\n");
    g_string_append(text, "\n3. Format\n"
                          "  recordings/FORMAT.md, version 1 of the packet log.\n");
}

char *heard_package_readme(const HeardPackageFacts *facts, const HeardVerifyReport *report)
{
    GString *text = g_string_new(NULL);

    append_zh(text, facts, report);
    append_en(text, facts, report);
    return g_string_free(text, FALSE);
}
