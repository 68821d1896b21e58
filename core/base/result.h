#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace modelarium {

/// What kind of thing went wrong; the sentence a person reads is Error::message.
enum class ErrorCode {
    Cancelled,
    // files
    FileNotFound, NotAFile, PermissionDenied, ReadFailed, FileChanged, WriteFailed, DiskFull, TooLarge, OutOfMemory,
    // data
    NotText, BadEncoding, EmptyData, RaggedRow, UnknownColumn, DuplicateColumn, WrongType, MissingValue, NotFinite,
    UnknownCategory, TooFewSamples, TooFewFeatures, ConstantTarget, OneClass,
    // learning
    UnknownLearner, UnknownHyperparameter, BadHyperparameter, WrongTask, Diverged, Singular,
    // model files
    BadModelFile, ChecksumMismatch, CertificateMismatch, NewerVersion,
    // anything that a caller asked for and this program does not do
    Unsupported,
};

/// Where it went wrong. File lines, columns and data rows count from 1, as people and editors count.
struct Place {
    std::string file;
    std::optional<std::size_t> line;        ///< line of the file
    std::optional<std::size_t> row;         ///< row of the data
    std::string column;                     ///< name of the data column
    std::string hyperparameter;
};

/// One sentence for a person, a code for the program, and a place. Never shown as a number.
struct Error {
    ErrorCode code;
    std::string message;
    Place place{};
};

/// A value, or the reason why there is none. Nothing in core throws past its border.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool hasValue() const { return m_state.index() == 0; }
    explicit operator bool() const { return hasValue(); }

    T& value() & { return std::get<0>(m_state); }
    const T& value() const& { return std::get<0>(m_state); }
    T&& value() && { return std::get<0>(std::move(m_state)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const { return std::get<1>(m_state); }

private:
    std::variant<T, Error> m_state;
};

/// Success without a value, or the reason for failure.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    bool hasValue() const { return !m_error; }
    explicit operator bool() const { return hasValue(); }
    const Error& error() const { return *m_error; }

private:
    std::optional<Error> m_error;
};

} // namespace modelarium
