/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/token.h"

#include "recordings/disk.h"
#include "server/base/error.h"

#include <openssl/crypto.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

G_STATIC_ASSERT(sizeof((CK_TOKEN_INFO *)0)->label <= HEARD_TOKEN_ID_MAX);

enum { PIN_MAX = 256, SLOTS_MAX = 64, SIGNATURE_SIZE = 64 };

struct HeardToken {
    CK_FUNCTION_LIST *module;
    P11KitUri *uri;
    CK_SLOT_ID slot;
    _Atomic CK_SESSION_HANDLE login; /* keeps the login alive; 0: none */
    CK_OBJECT_HANDLE key;
    char pin[PIN_MAX];
    char name[HEARD_TOKEN_ID_MAX + 1];
};

static bool fail(GError **error, HeardError code, const char *what, CK_RV result)
{
    g_set_error(error, HEARD_ERROR, code, "the key's token: %s%s%s", what, result ? ": " : "",
                result ? p11_kit_strerror(result) : "");
    return false;
}

bool heard_token_is_uri(const char *text)
{
    return g_str_has_prefix(text, "pkcs11:");
}

/* ---- open ---- */

static bool read_pin(HeardToken *self, GError **error)
{
    const char *source = p11_kit_uri_get_pin_source(self->uri);
    const char *path = source && g_str_has_prefix(source, "file:") ? source + 5 : source;
    g_autofree char *text = NULL;
    struct stat about;
    size_t size = 0;

    if (!path)
        return fail(error, HEARD_ERROR_CONFIG, "the URI needs pin-source=file:/…", 0);
    if (stat(path, &about) != 0 || (about.st_mode & 077))
        return fail(error, HEARD_ERROR_CONFIG, "the file of the PIN: missing, or not 0600", 0);
    text = heard_disk_read(path, PIN_MAX - 1, &size, error);
    if (!text)
        return false;
    g_strlcpy(self->pin, g_strchomp(text), sizeof self->pin);
    OPENSSL_cleanse(text, size);
    return true;
}

static bool load_module(HeardToken *self, GError **error)
{
    const char *path = p11_kit_uri_get_module_path(self->uri);
    CK_RV result;

    if (!path)
        return fail(error, HEARD_ERROR_CONFIG, "the URI needs module-path=/…", 0);
    self->module = p11_kit_module_load(path, 0);
    if (!self->module)
        return fail(error, HEARD_ERROR_CONFIG, "the module can't be loaded", 0);
    result = p11_kit_module_initialize(self->module);
    if (result != CKR_OK) {
        p11_kit_module_release(self->module);
        self->module = NULL;
        return fail(error, HEARD_ERROR_CONFIG, "the module does not start", result);
    }
    return true;
}

static bool find_slot(HeardToken *self, GError **error)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    CK_TOKEN_INFO info;
    CK_RV result = self->module->C_GetSlotList(CK_TRUE, slots, &count);

    for (CK_ULONG i = 0; result == CKR_OK && i < count; i++) {
        if (self->module->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
            p11_kit_uri_match_token_info(self->uri, &info)) {
            self->slot = slots[i];
            memcpy(self->name, info.label, sizeof info.label); /* padded by spaces */
            g_strchomp(self->name);
            return true;
        }
    }
    return fail(error, HEARD_ERROR_CONFIG, "no such token", result);
}

static bool log_in(HeardToken *self, GError **error)
{
    CK_SESSION_HANDLE session;
    CK_RV result =
        self->module->C_OpenSession(self->slot, CKF_SERIAL_SESSION, NULL, NULL, &session);

    if (result != CKR_OK)
        return fail(error, HEARD_ERROR_UNAVAILABLE, "no session", result);
    result =
        self->module->C_Login(session, CKU_USER, (unsigned char *)self->pin, strlen(self->pin));
    if (result != CKR_OK && result != CKR_USER_ALREADY_LOGGED_IN) {
        self->module->C_CloseSession(session);
        return fail(error, HEARD_ERROR_CONFIG, "the PIN is refused", result);
    }
    atomic_store(&self->login, session);
    return true;
}

static void add_id(HeardToken *self, CK_SESSION_HANDLE session)
{
    uint8_t id[16];
    CK_ATTRIBUTE attribute = {CKA_ID, id, sizeof id};
    size_t at = strlen(self->name);

    if (self->module->C_GetAttributeValue(session, self->key, &attribute, 1) != CKR_OK)
        return;
    for (CK_ULONG i = 0; i < attribute.ulValueLen && at + 3 < sizeof self->name; i++, at += 2)
        g_snprintf(self->name + at, 3, "%02x", id[i]);
}

static bool find_key(HeardToken *self, GError **error)
{
    CK_SESSION_HANDLE session = atomic_load(&self->login);
    CK_ULONG count = 0, found = 0;
    CK_ATTRIBUTE *wanted = p11_kit_uri_get_attributes(self->uri, &count);
    CK_OBJECT_HANDLE keys[2];
    CK_RV result;

    if (count == 0)
        return fail(error, HEARD_ERROR_CONFIG, "the URI names no object", 0);
    result = self->module->C_FindObjectsInit(session, wanted, count);
    if (result == CKR_OK) {
        result = self->module->C_FindObjects(session, keys, G_N_ELEMENTS(keys), &found);
        self->module->C_FindObjectsFinal(session);
    }
    if (result != CKR_OK || found != 1)
        return fail(error, HEARD_ERROR_CONFIG,
                    found > 1 ? "more than one key fits the URI" : "no key fits the URI", result);
    self->key = keys[0];
    add_id(self, session);
    return true;
}

HeardToken *heard_token_open(const char *uri, GError **error)
{
    g_autoptr(HeardToken) self = g_new0(HeardToken, 1);
    int parsed;

    self->uri = p11_kit_uri_new();
    parsed = p11_kit_uri_parse(uri, P11_KIT_URI_FOR_ANY, self->uri);
    if (parsed != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized(self->uri)) {
        fail(error, HEARD_ERROR_CONFIG,
             p11_kit_uri_message(parsed ? parsed : P11_KIT_URI_BAD_SYNTAX), 0);
        return NULL;
    }
    return read_pin(self, error) && load_module(self, error) && find_slot(self, error) &&
                   log_in(self, error) && find_key(self, error)
               ? g_steal_pointer(&self)
               : NULL;
}

void heard_token_free(HeardToken *self)
{
    if (!self)
        return;
    if (self->module) {
        if (atomic_load(&self->login))
            self->module->C_CloseSession(atomic_load(&self->login));
        p11_kit_module_finalize(self->module);
        p11_kit_module_release(self->module);
    }
    p11_kit_uri_free(self->uri);
    OPENSSL_cleanse(self->pin, sizeof self->pin);
    g_free(self);
}

const char *heard_token_name(const HeardToken *self)
{
    return self->name;
}

/* ---- use ---- */

typedef struct {
    CK_MECHANISM mechanism;
    const void *input;
    CK_ULONG input_size;
    uint8_t *output;
    CK_ULONG output_size; /* room, then what was made */
    enum { ENCRYPT, DECRYPT, SIGN } what;
} Operation;

static CK_RV run_once(const HeardToken *self, Operation *operation)
{
    CK_FUNCTION_LIST *module = self->module;
    unsigned char *input = (unsigned char *)(uintptr_t)operation->input;
    CK_SESSION_HANDLE session;
    CK_RV result = module->C_OpenSession(self->slot, CKF_SERIAL_SESSION, NULL, NULL, &session);

    if (result != CKR_OK)
        return result;
    switch (operation->what) {
    case ENCRYPT:
        result = module->C_EncryptInit(session, &operation->mechanism, self->key);
        if (result == CKR_OK)
            result = module->C_Encrypt(session, input, operation->input_size, operation->output,
                                       &operation->output_size);
        break;
    case DECRYPT:
        result = module->C_DecryptInit(session, &operation->mechanism, self->key);
        if (result == CKR_OK)
            result = module->C_Decrypt(session, input, operation->input_size, operation->output,
                                       &operation->output_size);
        break;
    case SIGN:
        result = module->C_SignInit(session, &operation->mechanism, self->key);
        if (result == CKR_OK)
            result = module->C_Sign(session, input, operation->input_size, operation->output,
                                    &operation->output_size);
        break;
    }
    module->C_CloseSession(session);
    return result;
}

static bool is_gone(CK_RV result)
{
    return result == CKR_DEVICE_REMOVED || result == CKR_TOKEN_NOT_PRESENT ||
           result == CKR_SESSION_HANDLE_INVALID || result == CKR_USER_NOT_LOGGED_IN ||
           result == CKR_DEVICE_ERROR;
}

/* A token that was away and came back has forgotten the login: once more. */
static bool run(const HeardToken *self, Operation *operation, CK_ULONG wanted, const char *what,
                GError **error)
{
    CK_ULONG room = operation->output_size;
    CK_RV result = run_once(self, operation);

    if (is_gone(result) && log_in((HeardToken *)(uintptr_t)self, NULL)) {
        operation->output_size = room;
        result = run_once(self, operation);
    }
    if (result == CKR_OK && operation->output_size == wanted)
        return true;
    return fail(error, is_gone(result) ? HEARD_ERROR_UNAVAILABLE : HEARD_ERROR_CRYPTO, what,
                result);
}

static bool gcm(const HeardToken *self, bool encrypt, const uint8_t *nonce, const void *aad,
                size_t aad_size, const void *bytes, size_t size, uint8_t *ret_bytes, GError **error)
{
    CK_GCM_PARAMS parameters = {(unsigned char *)(uintptr_t)nonce,
                                HEARD_TOKEN_NONCE_SIZE,
                                HEARD_TOKEN_NONCE_SIZE * 8,
                                (unsigned char *)(uintptr_t)aad,
                                aad_size,
                                HEARD_TOKEN_TAG_SIZE * 8};
    CK_ULONG wanted = encrypt ? size + HEARD_TOKEN_TAG_SIZE : size - HEARD_TOKEN_TAG_SIZE;
    Operation operation = {.mechanism = {CKM_AES_GCM, &parameters, sizeof parameters},
                           .input = bytes,
                           .input_size = size,
                           .output = ret_bytes,
                           .output_size = encrypt ? wanted : size,
                           .what = encrypt ? ENCRYPT : DECRYPT};

    return run(self, &operation, wanted, encrypt ? "it does not encrypt" : "it does not decrypt",
               error);
}

bool heard_token_encrypt(const HeardToken *self, const uint8_t nonce[HEARD_TOKEN_NONCE_SIZE],
                         const void *aad, size_t aad_size, const void *bytes, size_t size,
                         uint8_t *ret_bytes, GError **error)
{
    return gcm(self, true, nonce, aad, aad_size, bytes, size, ret_bytes, error);
}

bool heard_token_decrypt(const HeardToken *self, const uint8_t nonce[HEARD_TOKEN_NONCE_SIZE],
                         const void *aad, size_t aad_size, const void *bytes, size_t size,
                         uint8_t *ret_bytes, GError **error)
{
    return gcm(self, false, nonce, aad, aad_size, bytes, size, ret_bytes, error);
}

bool heard_token_sign(const HeardToken *self, const void *bytes, size_t size,
                      uint8_t ret_signature[static 64], GError **error)
{
    Operation operation = {.mechanism = {CKM_EDDSA, NULL, 0},
                           .input = bytes,
                           .input_size = size,
                           .output = ret_signature,
                           .output_size = SIGNATURE_SIZE,
                           .what = SIGN};

    return run(self, &operation, SIGNATURE_SIZE, "it does not sign", error);
}
