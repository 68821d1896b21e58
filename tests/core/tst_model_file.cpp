#include "core/model/model_file.h"

#include "core/base/number_text.h"
#include "core/model/strict_json.h"
#include "tests/support/sample_tables.h"
#include "tests/support/sanitizers.h"
#include "tests/support/signed_model.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace modelarium;
using nlohmann::json;
using test::signedText;

namespace {

// Of each shape. Nearly all of the time is the JSON library's.
constexpr std::size_t valuesAttacked = underSanitizers ? 30 : 150;

/// One number in, one number out: y = 2.5 x - 1, with a certificate.
ModelPtr lineModel()
{
    InputColumn input;
    input.name = "x";
    input.maximum = 10;
    input.typical = 5;
    const auto preparation = Preparation::fromParts({input}, {}, UnknownCategory::Refuse, false, false);
    Linear line{Matrix::Constant(1, 1, 2.5), Vector::Constant(1, -1), Link::Identity};
    Provenance provenance;
    provenance.learner = "linear_regression";
    provenance.hyperparameters = {{"intercept", true}};
    provenance.created = "2024-02-29T12:00:00Z";
    provenance.programVersion = "0.1.0";
    const auto model = Model::make(*preparation, line, {"y", "", Task::Regression, {}}, provenance);
    const Buffer<double> x = {0, 1.5, 4};
    return *(*model)->certified(*Table::make({std::make_shared<const Column>(Column::numbers("x", x))}));
}

const LearnerInfo& learner(const char* id) { return **findLearner(id); }

ModelPtr trained(const char* id, Task task, const HyperparameterValues& values = {}, std::optional<UnknownCategory> unknown = {})
{
    TrainingPlan plan = samples::planFor(learner(id), task);
    plan.preparation.unknownCategory = unknown;
    plan.hyperparameters = values;
    return *samples::trainedModel(samples::mixedTable(), plan);
}

/// A model of every shape, small.
const std::map<std::string, ModelPtr>& shapes()
{
    static const std::map<std::string, ModelPtr> models = {
        {"linear", trained("linear_regression", Task::Regression)},
        {"refusing", trained("linear_regression", Task::Regression, {}, UnknownCategory::Refuse)},
        {"softmax", trained("logistic_regression", Task::Classification)},
        {"polynomial", trained("polynomial_regression", Task::Regression)},
        {"neighbours", trained("k_nearest_neighbors", Task::Classification)},
        {"tree", trained("decision_tree", Task::Classification)},
        {"gaussians", trained("gaussian_naive_bayes", Task::Classification)},
        {"bells", trained("quadratic_discriminant_analysis", Task::Classification)},
        {"machine", trained("support_vector_machine", Task::Classification)},
        {"tube", trained("support_vector_regression", Task::Regression)},
        {"centres", trained("k_means", Task::Clustering)},
        {"directions", trained("pca", Task::Projection)},
        {"forest", trained("random_forest", Task::Classification, {{"n_trees", std::int64_t(3)}})},
        {"path", trained("lasso_regression", Task::Regression, {{"penalty_choice", std::string("cross_validated")}, {"alphas", std::int64_t(4)}})},
    };
    return models;
}

json documentOf(const Model& model) { return json::parse(modelToJson(model)); }

/// Every place of a document where a plain value stands.
void collectValues(json& value, std::vector<json*>& found)
{
    if (!value.is_structured()) {
        found.push_back(&value);
        return;
    }
    for (json& part : value)
        collectValues(part, found);
}

} // namespace

class TestModelFile : public QObject {
    Q_OBJECT

private:
    static void verifyRefused(std::string_view bytes, ErrorCode code, const char* words = "")
    {
        const auto model = modelFromJson(bytes);
        QVERIFY(!model);
        QVERIFY2(int(model.error().code) == int(code), model.error().message.c_str());
        QVERIFY2(model.error().message.find(words) != std::string::npos, model.error().message.c_str());
        QVERIFY2(model.error().message.size() > 15 && model.error().message.back() == '.', model.error().message.c_str());
    }

private Q_SLOTS:
    void isReadable()
    {
        const std::string text = modelToJson(*trained("linear_regression", Task::Regression));
        QVERIFY(text.find("\"länge\"") != std::string::npos);
        QVERIFY(text.find("\"format\": \"modelarium-model\"") != std::string::npos);
        QVERIFY(text.find("\"equation\": \"value = ") != std::string::npos);
        QVERIFY(text.find('/') == std::string::npos);       // no paths
        const std::size_t longest = 4000;
        for (std::size_t start = 0, end = 0; start < text.size(); start = end + 1) {
            end = std::min(text.find('\n', start), text.size());
            QVERIFY(end - start < longest);
        }
    }

    void numbersAreExact()
    {
        InputColumn input;
        input.name = "x";
        const auto preparation = *Preparation::fromParts({input}, {}, UnknownCategory::Refuse, false, false);
        Random random(1);
        std::vector<double> numbers = {-0.0, 5e-324, -2.2250738585072014e-308, 0.1 + 0.2, 1e22, 3, 1e16, 9007199254740993.0, 1.7976931348623157e308};
        while (numbers.size() < 20'000) {
            const double number = std::bit_cast<double>(random.bits());
            if (std::isfinite(number))
                numbers.push_back(number);
        }
        for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
            Polynomial p{Vector::Constant(1, numbers[i]), Vector::Ones(1), {{1}}, Vector::Constant(1, numbers[i + 1]), numbers[i]};
            const auto model = *Model::make(preparation, p, {"y", "", Task::Regression, {}}, {});
            if (i < 40 || i % 100 == 0) {
                const auto loaded = modelFromJson(modelToJson(*model));
                QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
                QCOMPARE(samples::exactBits((*loaded)->parameters()), samples::exactBits(p));
            }
            // The shortest text of the standard library, with a point or exponent that says it is no whole number.
            const std::string text = readableJson(nlohmann::ordered_json(numbers[i])), shortest = exactText(numbers[i]);
            QVERIFY2(text == shortest || text == shortest + ".0", text.c_str());
            QVERIFY(std::bit_cast<std::uint64_t>(json::parse(text).get<double>()) == std::bit_cast<std::uint64_t>(numbers[i]));
        }
    }

    void everyShapeComesBack()
    {
        for (const auto& [name, model] : shapes()) {
            const std::string text = modelToJson(*model);
            const auto loaded = modelFromJson(text);
            QVERIFY2(loaded, loaded ? "" : (name + ": " + loaded.error().message).c_str());
            QCOMPARE(modelToJson(**loaded), text);
            QCOMPARE((*loaded)->provenance().metricsTrain, model->provenance().metricsTrain);
            QCOMPARE((*loaded)->provenance().seed, model->provenance().seed);
            QVERIFY((*loaded)->certificate().rows.size() == 20);
            QVERIFY(modelFromJson(signedText(json::parse(text))));      // the checksum is what the test believes it to be
        }
    }

    /// What a training found out beside the parameters stays with the model.
    void findingsComeBack()
    {
        const Findings forest = (*modelFromJson(modelToJson(*shapes().at("forest"))))->provenance().found;
        QCOMPARE(forest.outOfBag, shapes().at("forest")->provenance().found.outOfBag);
        QVERIFY(forest.outOfBag.contains("accuracy") && !forest.penaltyPath);
        const Findings path = (*modelFromJson(modelToJson(*shapes().at("path"))))->provenance().found;
        const auto& written = shapes().at("path")->provenance().found.penaltyPath;
        QVERIFY(written && path.penaltyPath && path.outOfBag.empty());
        QCOMPARE(path.penaltyPath->alphas, written->alphas);
        QCOMPARE(path.penaltyPath->errors, written->errors);
        QCOMPARE(path.penaltyPath->standardErrors, written->standardErrors);
        QCOMPARE(path.penaltyPath->featuresInUse, written->featuresInUse);
        QCOMPARE(path.penaltyPath->folds, written->folds);
        QCOMPARE(path.penaltyPath->chosen, written->chosen);
        const auto& line = shapes().at("linear")->provenance().found;
        QVERIFY(line.outOfBag.empty() && !line.penaltyPath);
    }

    void largeBlocksAreBase64()
    {
        InputColumn input;
        input.name = "x";
        NearestNeighbours p;
        p.X = Matrix::Zero(100'001, 1);
        p.y = Vector::Zero(100'001);
        Random random(4);
        for (Eigen::Index i = 0; i < p.X.rows(); ++i) {
            p.X(i, 0) = random.normal();
            p.y[i] = i % 7 ? random.normal() : -0.0;
        }
        const auto model = *Model::make(*Preparation::fromParts({input}, {}, UnknownCategory::Refuse, false, false), p, {"y", "", Task::Regression, {}}, {});
        const std::string text = modelToJson(*model);
        QVERIFY(text.find("float64_base64") != std::string::npos);
        const auto loaded = modelFromJson(text);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        const auto& back = std::get<NearestNeighbours>((*loaded)->parameters());
        QVERIFY(samples::sameBits(back.X, p.X) && samples::sameBits(back.y, p.y));

        json document = json::parse(text);
        for (const json& rows : {json(100'002), json(1), json(-1), json(50'000'001), json(9223372036854775807), json("many"), json(0.5)}) {
            json attack = document;
            attack["parameters"]["X"]["rows"] = rows;
            QVERIFY(!modelFromJson(signedText(attack)));
        }
        document["parameters"]["X"]["float64_base64"] = "no*base64";
        verifyRefused(signedText(document), ErrorCode::BadModelFile, "\"X\"");
    }

    void aCutFileIsRefused()
    {
        const std::string text = modelToJson(*lineModel());
        for (std::size_t size = 0; size < text.size(); ++size)
            verifyRefused(std::string_view(text).substr(0, size), ErrorCode::BadModelFile);
    }

    /// Flips, replacements, insertions, deletions, repeated and exchanged parts: refused, or harmless white space.
    void aDamagedFileIsRefused()
    {
        const std::string line = modelToJson(*lineModel()), tree = modelToJson(*shapes().at("tree"));
        Random random(20);
        int harmless = 0;
        for (int i = 0; i < 10'000; ++i) {
            const std::string& whole = i % 10 ? line : tree;
            std::string text = whole;
            const std::size_t place = random.below(text.size()), other = random.below(text.size()), length = 1 + random.below(20);
            switch (random.below(6)) {
            case 0: text[place] = char(text[place] ^ (1 << random.below(8))); break;
            case 1: text[place] = char(random.below(256)); break;
            case 2: text.insert(place, 1, char(random.below(256))); break;
            case 3: text.erase(place, length); break;
            case 4: text.insert(place, text.substr(other, length)); break;
            case 5: std::swap(text[place], text[other]); break;
            }
            const auto model = modelFromJson(text);
            if (!model)
                continue;
            QCOMPARE(modelToJson(**model), whole);
            ++harmless;
        }
        QVERIFY(harmless < 2000);
    }

    /// Every number of a file exchanged for numbers that have broken other readers, under a checksum that fits.
    void numberAttacks()
    {
        const std::vector<json> attacks = {2147483648, 4294967296, 9223372036854775807, 18446744073709551615u, -1, 0, 1e308, -1e308, 5e-324,
                                           "1", nullptr, true, json::array(), json::object()};
        for (const auto& [name, model] : shapes()) {
            json document = documentOf(*model);
            std::vector<json*> values;
            collectValues(document, values);
            const std::size_t stride = std::max<std::size_t>(values.size() / valuesAttacked, 1);
            for (std::size_t i = 0; i < values.size(); i += stride) {
                const json before = *values[i];
                for (const json& attack : attacks) {
                    *values[i] = attack;
                    const auto loaded = modelFromJson(signedText(document));
                    if (!loaded) {
                        QVERIFY2(loaded.error().message.back() == '.', loaded.error().message.c_str());
                        continue;
                    }
                    const auto prediction = (*loaded)->predict(samples::mixedTable(20, 5));
                    QVERIFY2(!prediction || prediction->values.allFinite(), name.c_str());
                }
                *values[i] = before;
            }
        }
    }

    void hostileTexts_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray good = QByteArray::fromStdString(modelToJson(*lineModel()));
        const auto with = [&](const char* before, const char* after) { return QByteArray(good).replace(before, after); };
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("white space") << QByteArray("  \n\t");
        QTest::newRow("byte order mark") << "\xEF\xBB\xBF" + good;
        QTest::newRow("utf-16") << QByteArray("\xFF\xFE{\0}\0", 6);
        QTest::newRow("bytes after the end") << good + "{}";
        QTest::newRow("a zero after the end") << good + QByteArray(1, '\0');
        QTest::newRow("a list") << QByteArray("[1, 2]");
        QTest::newRow("a number") << QByteArray("1");
        QTest::newRow("an empty object") << QByteArray("{}");
        QTest::newRow("100 MB of [") << QByteArray(100 << 20, '[');
        QTest::newRow("100,000 levels") << QByteArray(100'000, '[') + QByteArray(100'000, ']');
        QTest::newRow("100,000 objects") << QByteArray("{\"a\":").repeated(100'000);
        QTest::newRow("a key twice") << with("\"min_reader\": 1", "\"min_reader\": 1, \"min_reader\": 1");
        QTest::newRow("a nested key twice") << with("\"b\": ", "\"b\": [-1.0], \"b\": ");
        QTest::newRow("an escaped key twice") << with("\"b\": ", "\"\\u0062\": [-1.0], \"b\": ");
        QTest::newRow("NaN") << with("-1.0", "NaN");
        QTest::newRow("Infinity") << with("-1.0", "-Infinity");
        QTest::newRow("1e400") << with("-1.0", "1e400");
        QTest::newRow("a plus sign") << with("-1.0", "+1.0");
        QTest::newRow("a leading zero") << with("-1.0", "-01.0");
        QTest::newRow("hexadecimal") << with("-1.0", "0x1");
        QTest::newRow("a comment") << with("{", "{ // hello\n");
        QTest::newRow("a trailing comma") << with("[-1.0]", "[-1.0,]");
        QTest::newRow("single quotes") << with("\"", "'");
        QTest::newRow("broken UTF-8") << with("linear_regression", "linear\xC3regression");
        QTest::newRow("half a surrogate pair") << with("linear_regression", "linear\\ud800");
        QTest::newRow("PNG") << QByteArrayLiteral("\x89PNG\r\n\x1A\n\0\0\0\rIHDR");
        QTest::newRow("zip") << QByteArrayLiteral("PK\x03\x04\x14\0\0\0");
        QTest::newRow("pickle") << QByteArrayLiteral("\x80\x04\x95\x1f\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.");
        QTest::newRow("HTML") << QByteArray("<!doctype html><script>alert(1)</script>");
    }

    void hostileTexts()
    {
        QFETCH(QByteArray, bytes);
        verifyRefused(std::string_view(bytes.constData(), std::size_t(bytes.size())), ErrorCode::BadModelFile);
    }

    void tooMuchIsRefusedBeforeItIsRead()
    {
        const JsonLimits few{.bytes = 1000, .depth = 3, .values = 10};
        QCOMPARE(int(parseStrictJson(std::string(1001, ' '), few).error().code), int(ErrorCode::TooLarge));
        QCOMPARE(int(parseStrictJson("{\"a\":[1,2,3,4,5,6,7,8,9]}", few).error().code), int(ErrorCode::TooLarge));
        QCOMPARE(int(parseStrictJson("{\"a\":[[[1]]]}", few).error().code), int(ErrorCode::BadModelFile));
        QVERIFY(parseStrictJson("{\"a\":[[1]]}", few));
    }

    /// Longer than the pieces that a text is looked at in.
    void longTexts()
    {
        constexpr std::size_t numbers = 70001;
        std::string text = "{\"a\":[0";
        for (std::size_t i = 1; i < numbers; ++i)
            text += ",1";
        text += "]}";
        const auto read = parseStrictJson(text, {.values = numbers + 2});
        QVERIFY(read);
        QCOMPARE((*read)["a"].size(), numbers);
        QCOMPARE(int(parseStrictJson(text, {.values = numbers + 1}).error().code), int(ErrorCode::TooLarge));
        for (const std::size_t place : {std::size_t(9), std::size_t(16383), std::size_t(16384), std::size_t(100000), text.size() - 1}) {
            std::string broken = text;
            broken[place] = '\0';
            const auto refused = parseStrictJson(broken);
            QVERIFY(!refused);
            const std::string expected = "zero byte at byte " + std::to_string(place + 1) + ",";
            QVERIFY2(refused.error().message.find(expected) != std::string::npos, refused.error().message.c_str());
        }
        const std::string commas = "{\"a\":\"" + std::string(100000, ',') + "\"}";     // in a text they part nothing
        QVERIFY(parseStrictJson(commas, {.values = 2}));
    }

    void versions()
    {
        json document = documentOf(*lineModel());
        document["format_version"] = 2;
        document["colour"] = "blue";                        // a later minor version may add fields
        document["parameters"]["note"] = {1, 2, 3};
        QVERIFY(modelFromJson(signedText(document)));
        document["min_reader"] = 1000;
        document["app_version"] = "7.3.1";
        verifyRefused(signedText(document), ErrorCode::NewerVersion, "7.3.1");
        const auto model = modelFromJson(signedText(document));
        QVERIFY2(model.error().message.find("0.1.0") != std::string::npos, model.error().message.c_str());
        document["format"] = "another-model";
        verifyRefused(signedText(document), ErrorCode::BadModelFile, "format");
    }

    /// Probabilities of a kernel machine stand in a file of a format whose readers know them.
    void probabilitiesOfAMachine()
    {
        const auto model = loadModel(MODELARIUM_SOURCE_DIR "/tests/golden/support_vector_machine_probabilities.model.json");
        QVERIFY(model);
        QVERIFY((*model)->claimsProbabilities());
        const json document = documentOf(**model);
        QCOMPARE(document["min_reader"].get<int>(), 4);
        json without = document;
        without["parameters"].erase("offsets");
        verifyRefused(signedText(without), ErrorCode::BadModelFile, "offsets");
        json fewer = document;
        fewer["parameters"]["slopes"] = {1.0};
        verifyRefused(signedText(fewer), ErrorCode::BadModelFile, "each boundary between two classes");
    }

    void theChecksumMustMatch()
    {
        json document = documentOf(*lineModel());
        document["target"]["name"] = "z";
        verifyRefused(document.dump(), ErrorCode::ChecksumMismatch, "checksum");
        document["sha256"] = std::string(64, '0');
        verifyRefused(document.dump(), ErrorCode::ChecksumMismatch, "checksum");
        document.erase("sha256");
        verifyRefused(document.dump(), ErrorCode::BadModelFile, "sha256");
    }

    void theCertificateMustHold()
    {
        json document = documentOf(*lineModel());
        document["parameters"]["W"][0][0] = 2.5 + 1e-9;
        verifyRefused(signedText(document), ErrorCode::CertificateMismatch, "reference row");
        document["parameters"]["W"][0][0] = 2.5 + 4.5e-16;      // the last digit may differ on another processor
        QVERIFY(modelFromJson(signedText(document)));
    }

    void rules_data();
    void rules();
    void columnsAreFoundByName();
    void goldenFiles_data();
    void goldenFiles();
    void everyLearnerHasAGoldenFile_data();
    void everyLearnerHasAGoldenFile();
};

void TestModelFile::rules_data()
{
    QTest::addColumn<QString>("shape");
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const char* shape, const char* pointer, const char* value, const char* words) {
        QTest::newRow(name) << QString::fromUtf8(shape) << QString::fromUtf8(pointer) << QString::fromUtf8(value) << QString::fromUtf8(words);
    };
    row("no target", "linear", "/target", "7", "the target");
    row("unknown task", "linear", "/target/task", "\"ranking\"", "ranking");
    row("centres that predict a number", "centres", "/target", "{\"name\": \"y\", \"unit\": \"\", \"task\": \"regression\"}", "do not do regression");
    row("a line that finds groups", "linear", "/target", "{\"name\": \"y\", \"unit\": \"\", \"task\": \"clustering\", \"classes\": [\"cluster 1\"]}", "do not do clustering");
    row("a line that gives coordinates", "linear", "/target", "{\"name\": \"pc\", \"unit\": \"\", \"task\": \"projection\"}", "do not do projection");
    row("directions that predict a number", "directions", "/target", "{\"name\": \"y\", \"unit\": \"\", \"task\": \"regression\"}", "do not do regression");
    row("one class", "tree", "/target/classes", "[\"a\"]", "asks for 1");
    row("a class twice", "tree", "/target/classes", "[\"a\", \"b\", \"a\"]", "a class twice");
    row("too few classes", "tree", "/target/classes", "[\"a\", \"b\"]", "asks for 2");
    row("no inputs", "linear", "/inputs", "[]", "inputs");
    row("unknown type", "linear", "/inputs/0/type", "\"picture\"", "picture");
    row("an input without a name", "linear", "/inputs/0/name", "null", "name");
    row("a level twice", "linear", "/inputs/2/levels/1", "\"Torgersen\"", "a level twice");
    row("a level that is a number", "linear", "/inputs/2/levels/1", "3", "not a text");
    row("fill beyond the levels", "linear", "/inputs/2/fill", "3", "a level that it does not have");
    row("fill between two levels", "linear", "/inputs/2/fill", "0.5", "a level that it does not have");
    row("typical beyond the levels", "linear", "/inputs/2/typical", "9", "not one of its levels");
    row("two inputs of one name", "linear", "/inputs/0/name", "\"wet\"", "two inputs");
    row("unknown treatment of unknown categories", "linear", "/preparation/unknown_category", "\"guess\"", "neither");
    row("unknown step", "linear", "/preparation/steps/0/kind", "\"python\"", "does not know");
    row("scale of zero", "linear", "/preparation/steps/0/scale/0", "0.0", "positive");
    row("negative scale", "linear", "/preparation/steps/0/scale/0", "-1.0", "positive");
    row("too few means", "linear", "/preparation/steps/0/mean", "[1.0]", "one mean and one scale");
    row("unknown shape", "linear", "/parameters/shape", "\"lambda\"", "lambda");
    row("unknown link", "linear", "/parameters/link", "\"probit\"", "probit");
    row("W too narrow", "linear", "/parameters/W", "[[1.0]]", "expect 1");
    row("W with two rows", "linear", "/parameters/W", "[[1.0], [2.0]]", "\"b\"");
    row("W ragged", "softmax", "/parameters/W/1", "[1.0]", "different lengths");
    row("W of texts", "linear", "/parameters/W/0/0", "\"1\"", "not a number");
    row("softmax with one row", "linear", "/parameters/link", "\"softmax\"", "link");
    row("polynomial with a scale of zero", "polynomial", "/parameters/scale/0", "0.0", "not positive");
    row("polynomial with too few weights", "polynomial", "/parameters/weights", "[1.0]", "each term");
    row("polynomial with a fractional exponent", "polynomial", "/parameters/exponents/0/0", "0.5", "whole number");
    row("polynomial with a huge exponent", "polynomial", "/parameters/exponents/0/0", "1000000000", "from 0 to 100");
    row("polynomial with a scale too few", "polynomial", "/parameters/scale", "[1.0]", "each feature");
    row("no neighbours", "neighbours", "/parameters/X", "[]", "each remembered sample");
    row("k of zero", "neighbours", "/parameters/k", "0", "not between 1");
    row("k beyond the samples", "neighbours", "/parameters/k", "61", "not between 1");
    row("k not whole", "neighbours", "/parameters/k", "2.5", "whole");
    row("a class beyond the classes", "neighbours", "/parameters/y/0", "3.0", "a class that the model does not have");
    row("half a class", "neighbours", "/parameters/y/0", "0.5", "a class that the model does not have");
    row("unknown distance", "neighbours", "/parameters/metric", "\"cosine\"", "cosine");
    row("one class only", "neighbours", "/parameters/classes", "1", "at least two");
    row("no trees", "tree", "/parameters/trees", "[]", "trees");
    row("a tree without nodes", "tree", "/parameters/trees/0/feature", "[]", "no node");
    row("a cycle", "tree", "/parameters/trees/0/left/0", "0", "not a later node");
    row("a child out of range", "tree", "/parameters/trees/0/right/0", "100000", "not a later node");
    row("a child of two nodes", "tree", "/parameters/trees/0/right/0", "1", "from");
    row("a feature out of range", "tree", "/parameters/trees/0/feature/0", "99", "feature 99");
    row("a negative feature", "tree", "/parameters/trees/0/feature/0", "-2", "feature -2");
    row("lists of different lengths", "tree", "/parameters/trees/0/threshold", "[1.0]", "different lengths");
    row("shares beyond 1", "tree", "/parameters/trees/0/values/0/0", "5.0", "sum to 1");
    row("a negative number of samples", "tree", "/parameters/trees/0/samples/0", "-1.0", "below 0");
    row("variance of zero", "gaussians", "/parameters/variance/0/0", "0.0", "not positive");
    row("too few means of a class", "gaussians", "/parameters/mean", "[[1.0]]", "each class");
    row("priors beyond 1", "gaussians", "/parameters/log_prior/0", "2.0", "sum to 1");
    row("a factor too few", "bells", "/parameters/covariance_factors", "[]", "one factor for each class");
    row("a factor too narrow", "bells", "/parameters/covariance_factors/1/L", "[[1.0]]", "each feature");
    row("a factor with a diagonal of zero", "bells", "/parameters/covariance_factors/1/L/0/0", "0.0", "no inverse");
    row("a factor without an inverse", "bells", "/parameters/covariance_factors/1/L/0/0", "1e-310", "no inverse");
    row("a factor above its diagonal", "bells", "/parameters/covariance_factors/1/L/0/1", "1.0", "above its diagonal");
    row("means of a bell too few", "bells", "/parameters/mean", "[[1.0, 1.0, 1.0, 1.0, 1.0]]", "each class");
    row("priors of bells beyond 1", "bells", "/parameters/log_prior/0", "2.0", "sum to 1");
    row("an unknown kernel", "machine", "/parameters/kernel", "\"cosine\"", "cosine");
    row("a gamma of zero", "machine", "/parameters/gamma", "0.0", "not positive");
    row("a degree of zero", "machine", "/parameters/degree", "0", "degree");
    row("a degree beyond all", "machine", "/parameters/degree", "1000000", "degree");
    row("a huge coef0", "machine", "/parameters/coef0", "1e10", "coef0");
    row("no features", "machine", "/parameters/features", "0", "features");
    row("vectors too narrow", "machine", "/parameters/vectors", "[[1.0]]", "sum to the number of vectors");
    row("vectors of another width", "tube", "/parameters/vectors", "[[1.0]]", "each feature");
    row("no coefficients", "machine", "/parameters/coefficients", "[]", "each vector and boundary");
    row("coefficients too few", "tube", "/parameters/coefficients", "[[1.0]]", "each vector and boundary");
    row("coefficients without vectors", "tube", "/parameters/vectors", "[]", "without vectors");
    row("intercepts too few", "machine", "/parameters/intercepts", "[1.0]", "each boundary");
    row("no intercept", "tube", "/parameters/intercepts", "[]", "each boundary");
    row("one class with vectors", "machine", "/parameters/vectors_of_class", "[5]", "2 to 200 classes");
    row("a class with less than no vectors", "machine", "/parameters/vectors_of_class/0", "-1", "below 0");
    row("a vector of no class", "machine", "/parameters/vectors_of_class/0", "100000", "sum to the number of vectors");
    row("a direction too narrow", "directions", "/parameters/directions", "[[1.0], [0.0]]", "each feature");
    row("more directions than features", "directions", "/parameters/mean", "[0.0]", "more rows than there are features");
    row("a direction that is longer", "directions", "/parameters/directions/0/0", "2.0", "not of length 1");
    row("directions that are not at right angles", "directions", "/parameters/directions", "SAME", "right angles");
    row("a scale too few", "directions", "/parameters/scale", "[1.0]", "each row of \"directions\"");
    row("a scale of zero", "directions", "/parameters/scale/1", "0.0", "not positive");
    row("a variance too few", "directions", "/parameters/variance", "[3.0]", "each feature");
    row("a variance below zero", "directions", "/parameters/variance/4", "-1.0", "below 0");
    row("variances that rise", "directions", "/parameters/variance/1", "100.0", "larger than the number before");
    row("a certificate of another width", "linear", "/certificate/rows/0", "[\"1\"]", "one cell for each input");
    row("a certificate cell that is a number", "linear", "/certificate/rows/0/0", "1", "not a text");
    row("a certificate cell that is no number", "linear", "/certificate/rows/0/0", "\"heavy\"", "heavy");
    row("a certificate with an unknown category", "refusing", "/certificate/rows/0/2", "\"Mars\"", "Mars");
    row("fewer predictions than rows", "linear", "/certificate/predictions", "[[1.0]]", "one row for each row");
    row("predictions of another width", "tree", "/certificate/predictions", "WIDE", "one number for each answer");
    row("negative seed", "linear", "/provenance/seed", "-1", "seed");
    row("negative rows", "linear", "/provenance/rows_train", "-1", "rows_train");
    row("a hyperparameter that is a list", "linear", "/provenance/hyperparameters/intercept", "[1]", "hyperparameters");
    row("a metric that is a text", "linear", "/metrics/train/r2", "\"good\"", "r2");
    row("a metric out of bag that is a text", "forest", "/metrics/out_of_bag/accuracy", "\"good\"", "accuracy");
    row("a path that is a list", "path", "/penalty_path", "[]", "the penalty path");
    row("a path without alphas", "path", "/penalty_path/alphas", "[]", "empty");
    row("a path with an error too few", "path", "/penalty_path/mean_squared_errors", "[1.0]", "each alpha");
    row("a path with a standard error too few", "path", "/penalty_path/standard_errors", "[1.0]", "each alpha");
    row("a path with a count too few", "path", "/penalty_path/features_in_use", "[1]", "each alpha");
    row("less than no features in use", "path", "/penalty_path/features_in_use/0", "-1", "below 0");
    row("an alpha below 0", "path", "/penalty_path/alphas/0", "-1.0", "\"alphas\" of the penalty path holds a number below 0");
    row("a squared error below 0", "path", "/penalty_path/mean_squared_errors/0", "-1.0", "\"mean_squared_errors\" of the penalty path holds a number below 0");
    row("a standard error below 0", "path", "/penalty_path/standard_errors/0", "-1.0", "\"standard_errors\" of the penalty path holds a number below 0");
    row("a choice below the path", "path", "/penalty_path/chosen", "-1", "not between 0 and 3");
    row("a choice beyond the path", "path", "/penalty_path/chosen", "4", "not between 0 and 3");
    row("a single fold", "path", "/penalty_path/folds", "1", "folds");
}

/// One file a rule, with a checksum that fits: each is refused with a sentence that names the rule.
void TestModelFile::rules()
{
    QFETCH(QString, shape);
    QFETCH(QString, pointer);
    QFETCH(QString, value);
    QFETCH(QString, words);
    json document = documentOf(*shapes().at(shape.toStdString()));
    const json::json_pointer place(pointer.toStdString());
    QVERIFY2(document.contains(place), "the rule names a place that is not there");
    if (value == QStringLiteral("WIDE"))
        document[place] = std::vector<std::vector<double>>(20, {1.0});
    else if (value == QStringLiteral("SAME"))
        document[place] = std::vector<json>(2, document[place][0]);
    else
        document[place] = json::parse(value.toStdString());
    verifyRefused(signedText(document), ErrorCode::BadModelFile, words.toUtf8().constData());
}

void TestModelFile::columnsAreFoundByName()
{
    const ModelPtr model = *modelFromJson(modelToJson(*shapes().at("linear")));
    const Table table = samples::mixedTable(10, 3);
    const auto expected = model->predict(table);
    QVERIFY(expected);

    const Table reordered = *Table::make({table.columnPtr(5), table.columnPtr(3), table.columnPtr(2), table.columnPtr(0), table.columnPtr(1)});
    const auto again = model->predict(reordered);
    QVERIFY(again);
    QVERIFY(samples::sameBits(again->values, expected->values));

    const auto without = model->predict(*Table::make({table.columnPtr(0), table.columnPtr(2), table.columnPtr(3)}));
    QVERIFY(!without);
    QCOMPARE(int(without.error().code), int(ErrorCode::UnknownColumn));
    QCOMPARE(without.error().place.column, std::string("länge"));

    std::vector<std::string> islands(10, "Dream, \"far\"");
    islands[6] = "Atlantis";
    const Table elsewhere = table.withColumn(2, std::make_shared<const Column>(Column::categories("island", islands)));
    QVERIFY(model->predict(elsewhere));             // counts as missing, as nothing else was chosen
    const auto unknown = (*modelFromJson(modelToJson(*shapes().at("refusing"))))->predict(elsewhere);
    QVERIFY(!unknown);
    QCOMPARE(int(unknown.error().code), int(ErrorCode::UnknownCategory));
    QCOMPARE(unknown.error().place.column, std::string("island"));
    QCOMPARE(unknown.error().place.row.value_or(0), std::size_t(7));
    QVERIFY2(unknown.error().message.find("Atlantis") != std::string::npos, unknown.error().message.c_str());

    const auto words = model->predict(table.withColumn(0, std::make_shared<const Column>(Column::categories("body mass", islands))));
    QVERIFY(!words);
    QCOMPARE(int(words.error().code), int(ErrorCode::WrongType));
    QVERIFY2(words.error().message.find("row 1 is \"Dream") != std::string::npos, words.error().message.c_str());
    // A date is a number inside, but none to a person.
    const auto days = model->predict(table.withColumn(0, std::make_shared<const Column>(Column::dates("body mass", Buffer<double>(10, 3.0)))));
    QVERIFY(!days);
    QVERIFY2(days.error().message.find("1970-01-04") != std::string::npos, days.error().message.c_str());
}

void TestModelFile::goldenFiles_data()
{
    QTest::addColumn<QString>("path");
    const QDir folder(QStringLiteral(MODELARIUM_SOURCE_DIR "/tests/golden"));
    for (const QString& name : folder.entryList({QStringLiteral("*.model.json")}))
        QTest::addRow("%s", qPrintable(name)) << folder.filePath(name);
}

/// Files of every released format open for ever, and their certificates hold.
void TestModelFile::goldenFiles()
{
    QFETCH(QString, path);
    const auto model = loadModel(path.toStdString());
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QVERIFY(!(*model)->certificate().rows.empty());
    // What becomes of unknown categories is what the file says, whatever the program does unasked today.
    QFile file(path);
    QVERIFY(file.open(QFile::ReadOnly));
    const auto stored = nlohmann::json::parse(file.readAll().toStdString());
    const std::map<std::string, UnknownCategory> words = {{"refuse", UnknownCategory::Refuse}, {"treat_as_missing", UnknownCategory::TreatAsMissing},
                                                          {"own_level", UnknownCategory::OwnLevel}};
    const Preparation& preparation = (*model)->preparation();
    for (std::size_t j = 0; j < preparation.inputs().size(); ++j) {
        const auto& input = stored["inputs"][j];
        const auto& word = input.contains("unknown_category") ? input["unknown_category"] : stored["preparation"]["unknown_category"];
        QCOMPARE(int(preparation.unknownCategoryOf(preparation.inputs()[j])), int(words.at(word.get<std::string>())));
    }
}

void TestModelFile::everyLearnerHasAGoldenFile_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("suffix");
    const auto add = [](const LearnerInfo& learner, const std::string& suffix) {
        QTest::addRow("%s, %s", learner.id.c_str(), suffix.c_str()) << QString::fromStdString(learner.id) << QString::fromStdString(suffix);
    };
    for (const LearnerInfo& learner : learners()) {
        for (const Task task : learner.tasks)
            add(learner, std::string(taskName(task)));
        if (learner.makeOnline)
            add(learner, "online");
    }
}

/// A file of what each learner makes for each of its tasks, and of what it needs to go on where it learns online: saved with
/// `modelarium-cli train --save` on a small table by a program that was there before the test, and never saved again.
void TestModelFile::everyLearnerHasAGoldenFile()
{
    QFETCH(QString, id);
    QFETCH(QString, suffix);
    const auto model = loadModel(QStringLiteral(MODELARIUM_SOURCE_DIR "/tests/golden/%1_%2.model.json").arg(id, suffix).toStdString());
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(QString::fromStdString((*model)->provenance().learner), id);
    const bool online = suffix == QStringLiteral("online");
    QCOMPARE((*model)->onlineState() != nullptr, online);
    if (!online)
        QCOMPARE(QString::fromStdString(std::string(taskName((*model)->target().task))), suffix);
}

QTEST_GUILESS_MAIN(TestModelFile)
#include "tst_model_file.moc"
