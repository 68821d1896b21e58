#include "core/model/canonical_json.h"
#include "core/model/model_file.h"
#include "core/model/packed_numbers.h"
#include "core/model/strict_json.h"
#include "core/model/trees_json.h"

#include "core/base/base64.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "tests/support/sample_tables.h"
#include "tests/support/sanitizers.h"
#include "tests/support/signed_model.h"

#include <QByteArray>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <filesystem>

using namespace modelarium;
using nlohmann::json;
using test::signedText;

namespace {

constexpr int featuresOfTrees = 3;

/// A tree that asks at random until it has so many leaves; what a node answers is drawn by `answer`.
template <class Answer>
Tree randomTree(std::size_t leaves, Eigen::Index outputs, Random& random, const Answer& answer)
{
    const std::size_t nodes = 2 * leaves - 1;
    Tree tree;
    tree.feature.assign(nodes, -1);
    tree.threshold.assign(nodes, 0);
    tree.left.assign(nodes, -1);
    tree.right.assign(nodes, -1);
    tree.samples.resize(nodes);
    tree.impurity.resize(nodes);
    tree.values.resize(Eigen::Index(nodes), outputs);
    std::vector<std::size_t> open{0};
    std::size_t next = 1;
    while (next < nodes) {
        const std::size_t place = random.below(open.size()), node = open[place];
        open[place] = next;
        open.push_back(next + 1);
        tree.feature[node] = std::int32_t(random.below(featuresOfTrees));
        tree.threshold[node] = random.normal();
        tree.left[node] = std::int32_t(next);
        tree.right[node] = std::int32_t(next + 1);
        next += 2;
    }
    for (std::size_t node = 0; node < nodes; ++node) {
        tree.impurity[node] = random.uniform();
        answer(tree, Eigen::Index(node));
    }
    return tree;
}

void answerCounts(Tree& tree, Eigen::Index node, Random& random)
{
    std::vector<double> counts(std::size_t(tree.values.cols()));
    double sum = 0;
    for (double& count : counts)
        sum += count = double(random.below(1000));
    tree.samples[std::size_t(node)] = sum + 1;
    counts[0] += 1;
    for (Eigen::Index k = 0; k < tree.values.cols(); ++k)
        tree.values(node, k) = counts[std::size_t(k)] / (sum + 1);
}

TreeEnsemble forest(const QString& kind, std::size_t trees, std::size_t leaves)
{
    TreeEnsemble ensemble;
    ensemble.features = featuresOfTrees;
    Random random(11);
    if (kind == QStringLiteral("counts") || kind == QStringLiteral("shares"))
        ensemble.classes = 3;
    if (kind == QStringLiteral("scores")) {
        ensemble.classes = 2;
        ensemble.aggregation = TreeAggregation::Sum;
        ensemble.link = Link::Logistic;
        ensemble.base = Vector::Constant(1, -0.25);
    }
    for (std::size_t t = 0; t < trees; ++t) {
        ensemble.trees.push_back(randomTree(leaves, kind == QStringLiteral("counts") || kind == QStringLiteral("shares") ? 3 : 1, random, [&](Tree& tree, Eigen::Index node) {
            answerCounts(tree, node, random);
            if (kind == QStringLiteral("shares"))       // as after weights of the classes: no whole numbers of samples
                tree.values.row(node) = Eigen::RowVector3d(0.1, 0.2, 0.7);
            else if (kind != QStringLiteral("counts"))
                tree.values(node, 0) = node % 5 ? random.normal() : -0.0;
        }));
    }
    return ensemble;
}

ModelPtr modelOf(TreeEnsemble ensemble)
{
    std::vector<InputColumn> inputs(featuresOfTrees);
    for (int j = 0; j < featuresOfTrees; ++j)
        inputs[std::size_t(j)].name = "x" + std::to_string(j);
    TargetColumn target{"y", "", ensemble.classes ? Task::Classification : Task::Regression, {}};
    for (int k = 0; k < ensemble.classes; ++k)
        target.classes.push_back("class " + std::to_string(k));
    return *Model::make(*Preparation::fromParts(inputs, {}, UnknownCategory::Refuse, false, false), std::move(ensemble), target, {});
}

bool areSame(const Tree& a, const Tree& b)
{
    const auto bits = [](const std::vector<double>& x, const std::vector<double>& y) {
        return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(double)) == 0;
    };
    return a.feature == b.feature && a.left == b.left && a.right == b.right && bits(a.threshold, b.threshold) && bits(a.samples, b.samples)
           && bits(a.impurity, b.impurity) && samples::sameBits(a.values, b.values);
}

/// A packed list as another program would write it.
template <class Stored>
json packed(const char* type, const std::vector<double>& values)
{
    QByteArray bytes;
    for (const double value : values) {
        const auto stored = Stored(value);
        bytes.append(reinterpret_cast<const char*>(&stored), sizeof stored);
    }
    return {{"type", type}, {"count", values.size()}, {"base64", bytes.toBase64().toStdString()}};
}

/// The list of trees in a small file, packed by hand.
json packedByHand(const json& trees)
{
    std::vector<double> nodes, feature, threshold, left, right, samples, impurity, values;
    for (const json& tree : trees) {
        nodes.push_back(double(tree["feature"].size()));
        for (std::size_t node = 0; node < tree["feature"].size(); ++node) {
            feature.push_back(tree["feature"][node]);
            samples.push_back(tree["samples"][node]);
            impurity.push_back(tree["impurity"][node]);
            for (const json& value : tree["values"][node])
                values.push_back(value);
            if (feature.back() < 0)
                continue;
            threshold.push_back(tree["threshold"][node]);
            left.push_back(tree["left"][node].get<double>() - double(node));
            right.push_back(tree["right"][node].get<double>() - double(node));
        }
    }
    return {{"nodes", packed<std::int16_t>("int16", nodes)},       {"feature", packed<std::int8_t>("int8", feature)},
            {"threshold", packed<double>("float64", threshold)},   {"left", packed<std::int16_t>("int16", left)},
            {"right", packed<std::int32_t>("int32", right)},       {"samples", packed<std::int32_t>("int32", samples)},
            {"impurity", packed<double>("float64", impurity)},     {"values", packed<double>("float64", values)}};
}

json smallDocument()
{
    json document = json::parse(modelToJson(*modelOf(forest(QStringLiteral("counts"), 3, 4))));
    document["parameters"]["trees"] = packedByHand(document["parameters"]["trees"]);
    return document;
}

} // namespace

class TestPackedTrees : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void base64_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 2, 3, 4, 5, 1000, 196'607, 196'608, 196'609, 196'610, 500'000})
            QTest::addRow("%d bytes", size) << size;
    }

    /// The same text as Qt's, and the same bytes again; a byte less, more or other than a digit is refused.
    void base64()
    {
        QFETCH(int, size);
        QByteArray bytes(size, '\0');
        Random random(3);
        for (char& byte : bytes)
            byte = char(random.below(256));
        std::string text = toBase64(bytes.constData(), std::size_t(size));
        QCOMPARE(QByteArray::fromStdString(text), bytes.toBase64());
        QByteArray back(size + 1, 'x');
        QVERIFY(fromBase64(text, back.data(), std::size_t(size)));
        QVERIFY(back.startsWith(bytes) && back.endsWith('x'));
        QVERIFY(!fromBase64(text + "AAAA", back.data(), std::size_t(size)));
        if (size == 0)
            return;
        QVERIFY(!fromBase64(text.substr(4), back.data(), std::size_t(size)));
        for (const char wrong : {'*', '=', ' ', '-'}) {
            std::string damaged = text;
            damaged[random.below(text.size() - 2)] = wrong;
            QVERIFY(!fromBase64(damaged, back.data(), std::size_t(size)));
        }
    }

    void base64ThatIsNotQuiteIt_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("size");
        QTest::newRow("no padding where there should be") << QByteArray("AAAA") << 1;
        QTest::newRow("padding where there is none") << QByteArray("AAA=") << 3;
        QTest::newRow("padding alone") << QByteArray("====") << 1;
        QTest::newRow("padding first") << QByteArray("=AAA") << 2;
        QTest::newRow("bits behind the last byte") << QByteArray("AB==") << 1;
        QTest::newRow("bits behind the last two bytes") << QByteArray("AAB=") << 2;
        QTest::newRow("padding in between") << QByteArray("AA==AAAA") << 6;
    }

    void base64ThatIsNotQuiteIt()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, size);
        QByteArray bytes(size, '\0');
        QVERIFY(!fromBase64(text.toStdString(), bytes.data(), std::size_t(size)));
    }

    void narrowestType_data()
    {
        QTest::addColumn<QVector<double>>("values");
        QTest::addColumn<QString>("type");
        QTest::newRow("none") << QVector<double>{} << QStringLiteral("int8");
        QTest::newRow("bytes") << QVector<double>{-128, 0, 127} << QStringLiteral("int8");
        QTest::newRow("beyond bytes") << QVector<double>{0, 128} << QStringLiteral("int16");
        QTest::newRow("two bytes") << QVector<double>{-32768, 32767} << QStringLiteral("int16");
        QTest::newRow("beyond two bytes") << QVector<double>{-32769} << QStringLiteral("int32");
        QTest::newRow("four bytes") << QVector<double>{-2147483648.0, 2147483647.0} << QStringLiteral("int32");
        QTest::newRow("beyond four bytes") << QVector<double>{2147483648.0} << QStringLiteral("float64");
        QTest::newRow("a half") << QVector<double>{1, 2, 2.5} << QStringLiteral("float64");
        QTest::newRow("minus zero") << QVector<double>{-0.0, 1} << QStringLiteral("float64");
        QTest::newRow("large") << QVector<double>{1e308} << QStringLiteral("float64");
    }

    void narrowestType()
    {
        QFETCH(QVector<double>, values);
        QFETCH(QString, type);
        const std::vector<double> numbers(values.begin(), values.end());
        const json document = {{"list", packNumbers(numbers)}};
        QCOMPARE(QString::fromStdString(document["list"]["type"]), type);
        const JsonFields fields(document, "the test");
        const PackedNumbers packedNumbers(fields, "list");
        std::vector<double> back(packedNumbers.size());
        packedNumbers.copy(0, back.size(), back.data());
        QCOMPARE(back.size(), numbers.size());
        QVERIFY(std::memcmp(back.data(), numbers.data(), numbers.size() * sizeof(double)) == 0);
    }

    void largeEnsembles_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("member");
        QTest::newRow("shares that are counts") << QStringLiteral("counts") << QStringLiteral("counts");
        QTest::newRow("shares that are none") << QStringLiteral("shares") << QStringLiteral("values");
        QTest::newRow("regression") << QStringLiteral("means") << QStringLiteral("values");
        QTest::newRow("boosting") << QStringLiteral("scores") << QStringLiteral("values");
    }

    /// Every number comes back bit by bit, and with them every prediction.
    void largeEnsembles()
    {
        QFETCH(QString, kind);
        QFETCH(QString, member);
        const ModelPtr model = modelOf(forest(kind, 12, 900));
        const std::string text = modelToJson(*model);
        const json document = json::parse(text);
        QCOMPARE(document["min_reader"].get<int>(), 3);
        const json& trees = document["parameters"]["trees"];
        QVERIFY(trees.is_object() && trees.contains(member.toStdString()) && !trees.contains(member == QStringLiteral("counts") ? "values" : "counts"));
        const auto loaded = modelFromJson(text);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        const TreeList& before = std::get<TreeEnsemble>(model->parameters()).trees;
        const TreeList& after = std::get<TreeEnsemble>((*loaded)->parameters()).trees;
        QCOMPARE(after.size(), before.size());
        for (std::size_t t = 0; t < before.size(); ++t)
            QVERIFY(areSame(after[t], before[t]));
        QVERIFY(modelToJson(**loaded) == text);
        const Matrix X = Matrix::Random(50, featuresOfTrees);
        Matrix a, b;
        model->predictor().predict(X, a);
        (*loaded)->predictor().predict(X, b);
        QVERIFY(samples::sameBits(a, b));
    }

    /// A share of minus zero, as another program may have written it, is no whole number of samples.
    void minusZeroIsNoCount()
    {
        TreeEnsemble ensemble = forest(QStringLiteral("counts"), 12, 900);
        Tree tree = ensemble.trees[3];
        tree.values.row(5) = Eigen::RowVector3d(1, -0.0, 0);
        TreeList trees = ensemble.trees;
        trees.push_back(tree);
        ensemble.trees = trees;
        const std::string text = modelToJson(*modelOf(ensemble));
        QVERIFY(json::parse(text)["parameters"]["trees"].contains("values"));
        const auto loaded = modelFromJson(text);
        QVERIFY(loaded);
        QVERIFY(areSame(std::get<TreeEnsemble>((*loaded)->parameters()).trees.back(), tree));
    }

    /// More numbers than any list was once allowed, of a few bytes each: what can be saved can be opened.
    void whatIsSavedIsOpened()
    {
        if (underSanitizers)
            QSKIP("54 million numbers take long under the sanitizers");
        QTemporaryDir folder;
        constexpr int classes = 2000, nodes = 9;
        constexpr std::size_t trees = 3000;                     // 54,000,000 counts
        TreeEnsemble ensemble;
        ensemble.features = featuresOfTrees;
        ensemble.classes = classes;
        Random random(2);
        const Tree tree = randomTree((nodes + 1) / 2, classes, random, [](Tree& grown, Eigen::Index node) {
            grown.samples[std::size_t(node)] = 1;
            grown.values.row(node).setZero();
            grown.values(node, node * 7) = 1;
        });
        const auto shared = std::make_shared<const Tree>(tree);
        for (std::size_t t = 0; t < trees; ++t)
            ensemble.trees.push_back(shared);
        const std::filesystem::path path = folder.filePath(QStringLiteral("large.model.json")).toStdString();
        const auto saved = saveModel(*modelOf(ensemble), path);
        QVERIFY2(saved, saved ? "" : saved.error().message.c_str());
        const auto loaded = loadModel(path);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        const TreeList& read = std::get<TreeEnsemble>((*loaded)->parameters()).trees;
        QCOMPARE(read.size(), trees);
        QVERIFY(areSame(read.back(), tree));
    }

    void moreTreesThanAFileHoldsAreNotSaved()
    {
        TreeEnsemble ensemble;
        ensemble.features = featuresOfTrees;
        Random random(2);
        const auto leaf = std::make_shared<const Tree>(randomTree(1, 1, random, [](Tree& grown, Eigen::Index) {
            grown.samples[0] = 1;
            grown.values(0, 0) = 1;
        }));
        for (std::size_t t = 0; t <= mostTreesInFile; ++t)
            ensemble.trees.push_back(leaf);
        QTemporaryDir folder;
        const auto saved = saveModel(*modelOf(ensemble), folder.filePath(QStringLiteral("many.model.json")).toStdString());
        QVERIFY(!saved);
        QCOMPARE(int(saved.error().code), int(ErrorCode::TooLarge));
        QVERIFY2(saved.error().message.find("100,001 trees") != std::string::npos, saved.error().message.c_str());
    }

    void smallEnsemblesStayReadable()
    {
        const json document = json::parse(modelToJson(*modelOf(forest(QStringLiteral("counts"), 12, 300))));
        QVERIFY(document["parameters"]["trees"].is_array());
        QCOMPARE(document["min_reader"].get<int>(), 1);
    }

    void whatOthersPackIsRead()
    {
        const auto loaded = modelFromJson(signedText(smallDocument()));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        const TreeEnsemble expected = forest(QStringLiteral("counts"), 3, 4);
        const TreeList& trees = std::get<TreeEnsemble>((*loaded)->parameters()).trees;
        QCOMPARE(trees.size(), expected.trees.size());
        for (std::size_t t = 0; t < trees.size(); ++t)
            QVERIFY(areSame(trees[t], expected.trees[t]));
    }

    void rules_data()
    {
        QTest::addColumn<QString>("list");
        QTest::addColumn<QByteArray>("value");      // JSON
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const char* list, const json& value, const char* words) {
            QTest::newRow(name) << QString::fromLatin1(list) << QByteArray::fromStdString(value.dump()) << QString::fromLatin1(words);
        };
        using Numbers = std::vector<double>;
        const auto bytes = [](const Numbers& values) { return packed<std::int8_t>("int8", values); };
        const Numbers ones(9, 1);
        // The features of the small document, but for the first node of its second tree.
        const auto featuresWith = [](double feature) {
            Numbers features;
            for (const Tree& tree : forest(QStringLiteral("counts"), 3, 4).trees)
                features.insert(features.end(), tree.feature.begin(), tree.feature.end());
            features[7] = feature;
            return features;
        };
        row("no trees", "nodes", bytes({}), "different lengths");
        row("a tree without nodes", "nodes", bytes({7, 0, 14}), "no node");
        row("fewer nodes than trees", "nodes", bytes({7, 7, 8}), "different lengths");
        row("more nodes than trees", "nodes", bytes({7, 7, 6}), "different lengths");
        row("less than no nodes", "nodes", bytes({7, 7, -7}), "no node");
        row("more trees than memory", "nodes", packed<std::int8_t>("int8", Numbers(100'001, 1)), "100,000 trees");
        row("half a node", "nodes", packed<double>("float64", {7, 7, 6.5}), "not whole");
        row("a threshold too few", "threshold", bytes(Numbers(8, 1)), "each node that asks");
        row("a threshold that is not finite", "threshold", packed<double>("float64", Numbers(9, std::nan(""))), "not finite");
        row("a threshold that is infinite", "threshold", packed<double>("float64", Numbers(9, HUGE_VAL)), "not finite");
        row("a child too few", "left", bytes(Numbers(8, 1)), "each node that asks");
        row("a child that is its parent", "left", bytes(Numbers(9, 0)), "not a later node");
        row("a child before its parent", "right", bytes(Numbers(9, -1)), "not a later node");
        row("a child out of range", "right", packed<std::int32_t>("int32", Numbers(9, 2147483647)), "\"right\" of tree 1 leads from node 0 to node 2147483647");
        row("a child of two nodes", "right", bytes(ones), "from");
        row("samples too few", "samples", bytes(ones), "each node");
        row("less than no samples", "samples", bytes(Numbers(21, -1)), "below 0");
        row("impurity too few", "impurity", bytes(ones), "each node");
        row("shares too few", "values", bytes(ones), "each answer");
        row("shares that do not sum to 1", "values", bytes(Numbers(63, 1)), "sum to 1");
        row("counts of no samples", "counts", bytes(Numbers(63, 0)), "\"counts\" of tree 1 has probabilities that do not sum to 1");
        row("counts beyond the samples", "counts", packed<std::int32_t>("int32", Numbers(63, 1'000'000)), "sum to 1");
        row("counts below 0", "counts", bytes(Numbers(63, -1)), "sum to 1");
        row("counts that are not whole", "counts", packed<double>("float64", Numbers(63, 0.5)), "not whole");
        row("counts and shares", "BOTH", bytes(Numbers(63, 0)), "beside");
        row("as many features to ask about as there are", "feature", bytes(featuresWith(3)), "\"feature\" of tree 2 asks about feature 3");
        row("a feature below a leaf's", "feature", bytes(featuresWith(-2)), "each node that asks");
        row("a plain list", "feature", Numbers(21, 0), "feature");
        row("a missing type", "feature", {{"count", 1}, {"base64", "AAAA"}}, "\"type\" of \"feature\"");
        row("an unknown type", "feature", {{"type", "int7"}, {"count", 21}, {"base64", "AAAA"}}, "int7");
        row("a count that is huge", "feature", {{"type", "float64"}, {"count", 50'000'000}, {"base64", "AAAA"}}, "as long as its count");
        row("a count beyond all", "feature", {{"type", "float64"}, {"count", 9223372036854775807}, {"base64", "AAAA"}}, "count");
        row("a count below 0", "feature", {{"type", "int8"}, {"count", -1}, {"base64", ""}}, "count");
        row("text that is none", "feature", {{"type", "int8"}, {"count", 3}, {"base64", 7}}, "as long as its count");
        row("no base64", "feature", {{"type", "int8"}, {"count", 21}, {"base64", "****************************"}}, "not the base64");
    }

    /// One file a rule, with a checksum that fits: each is refused with a sentence that names the rule.
    void rules()
    {
        QFETCH(QString, list);
        QFETCH(QByteArray, value);
        QFETCH(QString, words);
        json document = smallDocument();
        json& trees = document["parameters"]["trees"];
        if (list == QStringLiteral("counts"))
            trees.erase("values");
        trees[list == QStringLiteral("BOTH") ? "counts" : list.toStdString()] = json::parse(value.toStdString());
        const auto model = modelFromJson(signedText(document));
        QVERIFY(!model);
        QCOMPARE(int(model.error().code), int(ErrorCode::BadModelFile));
        QVERIFY2(model.error().message.find(words.toStdString()) != std::string::npos, model.error().message.c_str());
        QVERIFY2(model.error().message.back() == '.', model.error().message.c_str());
    }

    /// Of several bad trees the first is told, whichever thread was the first to see one.
    void theFirstBadTreeIsTold()
    {
        json document = smallDocument();
        document["parameters"]["trees"]["samples"] = packed<std::int8_t>("int8", std::vector<double>(21, -1));
        for (int i = 0; i < 50; ++i) {
            const auto model = modelFromJson(signedText(document));
            QVERIFY(!model);
            QVERIFY2(model.error().message.find("tree 1 ") != std::string::npos, model.error().message.c_str());
        }
    }

    /// Only shares are counts over samples.
    void countsOfNumbersAreRefused_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("regression") << QStringLiteral("means");
        QTest::newRow("boosting") << QStringLiteral("scores");
    }

    void countsOfNumbersAreRefused()
    {
        QFETCH(QString, kind);
        json document = json::parse(modelToJson(*modelOf(forest(kind, 3, 4))));
        json trees = packedByHand(document["parameters"]["trees"]);
        QVERIFY(modelFromJson(signedText(document)));
        trees["counts"] = packed<std::int8_t>("int8", std::vector<double>(21, 1));
        trees.erase("values");
        document["parameters"]["trees"] = trees;
        const auto model = modelFromJson(signedText(document));
        QVERIFY(!model);
        QVERIFY2(model.error().message.find("\"counts\"") != std::string::npos, model.error().message.c_str());
    }

    /// As the program wrote a tree of more than 100,000 nodes before trees were packed.
    void listsInBase64AreRead()
    {
        const TreeEnsemble expected = forest(QStringLiteral("counts"), 3, 4);
        json document = json::parse(modelToJson(*modelOf(expected)));
        for (json& tree : document["parameters"]["trees"]) {
            for (auto item = tree.begin(); item != tree.end(); ++item) {
                const json rows = item.value();
                const std::size_t columns = item.key() == "values" ? 3 : 1;
                QByteArray bytes;
                for (std::size_t j = 0; j < columns; ++j) {
                    for (const json& row : rows) {
                        const double value = columns == 1 ? row.get<double>() : row[j].get<double>();
                        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
                    }
                }
                item.value() = {{"rows", rows.size()}, {"columns", columns}, {"float64_base64", bytes.toBase64().toStdString()}};
            }
        }
        const auto loaded = modelFromJson(signedText(document));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        for (std::size_t t = 0; t < expected.trees.size(); ++t)
            QVERIFY(areSame(std::get<TreeEnsemble>((*loaded)->parameters()).trees[t], expected.trees[t]));
    }

    /// scikit-learn's leaves have a threshold of -2, which means nothing.
    void thresholdsOfLeavesAreNotKept()
    {
        json document = json::parse(modelToJson(*modelOf(forest(QStringLiteral("counts"), 1, 4))));
        json& tree = document["parameters"]["trees"][0];
        for (std::size_t node = 0; node < tree["feature"].size(); ++node)
            if (tree["feature"][node] == -1)
                tree["threshold"][node] = -2.0;
        const auto loaded = modelFromJson(signedText(document));
        QVERIFY(loaded);
        QVERIFY(areSame(std::get<TreeEnsemble>((*loaded)->parameters()).trees[0], forest(QStringLiteral("counts"), 1, 4).trees[0]));
    }

    void bothKindsOfDocumentHaveOneChecksum()
    {
        nlohmann::ordered_json document = {{"z", {1, -2, 2.5, -0.0, 1e22, 18446744073709551615u}}, {"a", {{"länge", "\"\\\n"}, {"b", nullptr}}},
                                           {"m", {{1.5, 2}, {3, 4}}}, {"mixed", {1, "x", true, {{"k", 1}}}}, {"sha256", "to be left out"}, {"empty", nlohmann::ordered_json::array()}};
        const json sorted = json::parse(document.dump());
        QCOMPARE(canonicalChecksum(document, "sha256"), canonicalChecksum(sorted, "sha256"));
        json without = sorted;
        without.erase("sha256");
        QCOMPARE(canonicalChecksum(sorted, "sha256"), sha256(without.dump()));
    }

    void numbersOfBothParsers_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"0", "-0.0",                   // and -0 is 0, which has no sign as a whole number
                                 "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
                                 "-9223372036854775808", "-9223372036854775809", "5e-324", "2.2250738585072011e-308", "1.7976931348623157e308",
                                 "0.1e1", "9007199254740993", "9007199254740993.0", "true", "null", "\"\\ud83d\\ude00\"", "[[1],[]]"})
            QTest::newRow(text) << QByteArray(text);
    }

    /// What the quick parser reads is what the library of the documents reads, down to the kind of number.
    void numbersOfBothParsers()
    {
        QFETCH(QByteArray, text);
        const std::string document = "{\"a\":" + text.toStdString() + "}";
        const auto read = parseStrictJson(document);
        QVERIFY(read);
        const json expected = json::parse(document);
        QVERIFY((*read)["a"].type() == expected["a"].type());
        QCOMPARE(read->dump(), expected.dump());
    }

    void aMissingListIsRefused()
    {
        const json whole = smallDocument();
        for (const auto& item : whole["parameters"]["trees"].items()) {
            json document = whole;
            document["parameters"]["trees"].erase(item.key());
            const auto model = modelFromJson(signedText(document));
            QVERIFY2(!model, item.key().c_str());
            QVERIFY2(model.error().message.find("\"" + item.key() + "\"") != std::string::npos, model.error().message.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestPackedTrees)
#include "tst_packed_trees.moc"
