/* SPDX-License-Identifier: Apache-2.0 */
#include "server/base/error.h"

G_DEFINE_QUARK(heard_error_quark, heard_error)

typedef struct {
    const char *name;
    unsigned http_status;
} ErrorRow;

static const ErrorRow rows[HEARD_ERROR_COUNT] = {
    [HEARD_ERROR_INTERNAL] = {"internal", 500},
    [HEARD_ERROR_BAD_REQUEST] = {"bad_request", 400},
    [HEARD_ERROR_BAD_JSON] = {"bad_json", 400},
    [HEARD_ERROR_BAD_FIELD] = {"bad_field", 422},
    [HEARD_ERROR_NOT_SDP] = {"not_sdp", 400},
    [HEARD_ERROR_SDP_INCOMPLETE] = {"sdp_incomplete", 422},
    [HEARD_ERROR_SDP_UNSUPPORTED] = {"sdp_unsupported", 422},
    [HEARD_ERROR_BAD_MESSAGE] = {"bad_message", 400},
    [HEARD_ERROR_UNKNOWN_COMMAND] = {"unknown_command", 400},
    [HEARD_ERROR_UNAUTHENTICATED] = {"unauthenticated", 401},
    [HEARD_ERROR_BAD_CREDENTIALS] = {"bad_credentials", 401},
    [HEARD_ERROR_LOCKED_OUT] = {"locked_out", 429},
    [HEARD_ERROR_FORBIDDEN] = {"forbidden", 403},
    [HEARD_ERROR_WRONG_ROLE] = {"wrong_role", 403},
    [HEARD_ERROR_WRONG_PHASE] = {"wrong_phase", 409},
    [HEARD_ERROR_NOT_FOUND] = {"not_found", 404},
    [HEARD_ERROR_UNKNOWN_HEARING] = {"unknown_hearing", 404},
    [HEARD_ERROR_HEARING_CLOSED] = {"hearing_closed", 409},
    [HEARD_ERROR_HEARING_FULL] = {"hearing_full", 409},
    [HEARD_ERROR_NOT_ADMITTED] = {"not_admitted", 403},
    [HEARD_ERROR_NOT_IDENTIFIED] = {"not_identified", 403},
    [HEARD_ERROR_LINK_UNKNOWN] = {"link_unknown", 404},
    [HEARD_ERROR_LINK_EXPIRED] = {"link_expired", 410},
    [HEARD_ERROR_LINK_REVOKED] = {"link_revoked", 410},
    [HEARD_ERROR_LINK_USED] = {"link_used", 409},
    [HEARD_ERROR_METHOD] = {"method_not_allowed", 405},
    [HEARD_ERROR_CONFLICT] = {"conflict", 409},
    [HEARD_ERROR_CODE_WRONG] = {"code_wrong", 422},
    [HEARD_ERROR_CODE_EXPIRED] = {"code_expired", 410},
    [HEARD_ERROR_TEXT_ALTERED] = {"text_altered", 409},
    [HEARD_ERROR_NOT_DUE] = {"not_due", 409},
    [HEARD_ERROR_HELD] = {"held", 409},
    [HEARD_ERROR_SAME_PERSON] = {"same_person", 409},
    [HEARD_ERROR_DESTROYED] = {"destroyed", 410},
    [HEARD_ERROR_ELSEWHERE] = {"elsewhere", 409},
    [HEARD_ERROR_TOO_LARGE] = {"too_large", 413},
    [HEARD_ERROR_MEDIA_TYPE] = {"media_type", 415},
    [HEARD_ERROR_FILE_TYPE] = {"file_type", 422},
    [HEARD_ERROR_FILE_HEIC] = {"file_heic", 422},
    [HEARD_ERROR_FILE_INFECTED] = {"file_infected", 422},
    [HEARD_ERROR_RANGE] = {"range", 416},
    [HEARD_ERROR_TOO_MANY] = {"too_many", 429},
    [HEARD_ERROR_UNAVAILABLE] = {"unavailable", 503},
    [HEARD_ERROR_STORAGE] = {"storage", 500},
    [HEARD_ERROR_STORAGE_FULL] = {"storage_full", 507},
    [HEARD_ERROR_CORRUPT] = {"corrupt", 500},
    [HEARD_ERROR_CRYPTO] = {"crypto", 500},
    [HEARD_ERROR_NETWORK] = {"network", 502},
    [HEARD_ERROR_CONFIG] = {"config", 500},
};

const char *heard_error_name(HeardError code)
{
    if ((unsigned)code >= HEARD_ERROR_COUNT)
        code = HEARD_ERROR_INTERNAL;
    return rows[code].name;
}

unsigned heard_error_http_status(HeardError code)
{
    if ((unsigned)code >= HEARD_ERROR_COUNT)
        code = HEARD_ERROR_INTERNAL;
    return rows[code].http_status;
}

HeardError heard_error_code(const GError *error)
{
    if (!error || error->domain != HEARD_ERROR || (unsigned)error->code >= HEARD_ERROR_COUNT)
        return HEARD_ERROR_INTERNAL;
    return (HeardError)error->code;
}
