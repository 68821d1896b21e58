#include "core/base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace modelarium {

namespace {
EVP_MD_CTX* contextOf(void* pointer) { return static_cast<EVP_MD_CTX*>(pointer); }

/// The library's cleanup at exit would come before the threads that hash have ended, and what it keeps for each would stay behind.
void prepareOnce()
{
    [[maybe_unused]] static const int prepared = OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}

EVP_MD_CTX* newContext()
{
    prepareOnce();
    return EVP_MD_CTX_new();
}
}

Sha256::Sha256() : m_context(newContext()) { EVP_DigestInit_ex(contextOf(m_context), EVP_sha256(), nullptr); }

Sha256::~Sha256() { EVP_MD_CTX_free(contextOf(m_context)); }

void Sha256::add(const void* bytes, std::size_t count) { EVP_DigestUpdate(contextOf(m_context), bytes, count); }

std::string Sha256::hex()
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(contextOf(m_context), digest, &size);
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 15];
    }
    return text;
}

std::string sha256(std::string_view bytes)
{
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

} // namespace modelarium
