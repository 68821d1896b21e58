#include "app/cli/online_flags.h"

#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "app/cli/training_report.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/data/csv_stream.h"
#include "core/evaluate/online_training.h"
#include "core/model/equation.h"
#include "core/model/model_file.h"
#include "core/model/parameters_json.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <numeric>

namespace modelarium::cli {

namespace {

volatile std::sig_atomic_t stopWanted = 0;

/// The first Ctrl+C ends the stream and keeps what was learned; a second one ends the program.
void listenForStop()
{
    struct sigaction action{};
    action.sa_handler = [](int) { stopWanted = 1; };
    action.sa_flags = int(SA_RESETHAND);            // and no SA_RESTART: waiting for input ends too
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}


/// 100, 200, 500, 1000, ...: so many lines whatever the length of the stream.
std::uint64_t nextRound(std::uint64_t rows)
{
    for (std::uint64_t ten = 100;; ten *= 10)
        for (const std::uint64_t factor : {1, 2, 5})
            if (ten * factor > rows)
                return ten * factor;
}

class Streaming {
public:
    Streaming(const TrainingFlags& training, const std::string& learner, const OnlineFlags& flags, const std::string& save)
        : m_training(training), m_learner(learner), m_flags(flags), m_save(save), m_start(std::chrono::steady_clock::now())
    {
    }

    Result<void> run()
    {
        const Result<void> outcome = learnAll();
        if (!m_online || m_online->rowsLearned() == 0)
            return outcome ? Error{ErrorCode::EmptyData, "No row had a target: there was nothing to learn from."} : outcome;
        // What was learned before something went wrong is kept.
        m_model = m_online->model(seconds()).hasValue() ? *m_online->model(seconds()) : nullptr;
        if (!m_model)
            return outcome ? Result<void>(m_online->model(seconds()).error()) : outcome;
        if (const Result<void> saved = save(); !saved)
            return outcome ? saved : outcome;
        if (!m_save.empty())
            notice("Saved the model after " + rowsText(m_online->rowsRead()) + " as " + m_save + ": it can learn on, or be frozen.");
        return outcome;
    }

    const OnlineTraining& training() const { return *m_online; }
    const Model& model() const { return *m_model; }
    const std::vector<std::string>& notes() const { return m_notes; }
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count(); }

private:
    void note(const std::string& sentence)
    {
        notice("Note: " + sentence);
        m_notes.push_back(sentence);
    }

    Result<void> learnAll()
    {
        Result<CsvOptions> options = m_training.csvOptions();
        if (!options)
            return options.error();
        ModelPtr before;
        const std::map<std::string, ColumnType> named = options->types;
        if (!m_flags.resume.empty()) {
            const Result<ModelPtr> loaded = loadModel(m_flags.resume);
            if (!loaded)
                return loaded.error();
            before = *loaded;
            if (const Result<void> begun = take(OnlineTraining::resume(*before)); !begun)
                return begun;
            for (const InputColumn& input : before->inputs())
                options->types.try_emplace(input.name, input.type == ColumnType::Boolean ? ColumnType::Category : input.type);
        }
        const auto stopped = [] { return stopWanted != 0; };
        Result<CsvStream> stream = m_training.file() == "-" ? CsvStream::standardInput(*options, stopped)
                                                            : CsvStream::open(m_training.file(), *options, stopped);
        // A type that the model gave, and no person, speaks of a column that the model needs.
        const auto needed = [&](Error error) {
            const std::string& column = error.place.column;
            if (before && error.code == ErrorCode::UnknownColumn && options->types.contains(column) && !named.contains(column))
                error.message = "The data have no column \"" + column + "\", which the model needs.";
            return error;
        };
        if (!stream)
            return needed(stream.error());
        Result<Table> table = stream->first(m_flags.firstRows);
        if (!table)
            return stopWanted ? Error{ErrorCode::Cancelled, "Stopped before the first rows had come."} : needed(table.error());
        for (const ReceiptEntry& entry : stream->firstEntries())
            if (entry.question)
                notice("Note: " + entry.message);
        if (!before) {
            if (const Result<void> begun = begin(*table); !begun)
                return begun;
        }
        m_toSkip = m_flags.skipLearned ? m_online->rowsRead() : 0;
        for (const std::string& sentence : m_online->notices())
            note(sentence);
        Result<void> outcome;
        while (outcome && table && table->rows() > 0) {
            outcome = learn(*table);
            if (outcome && !stopWanted)
                table = stream->next();
            else
                break;
        }
        for (const ReceiptEntry& entry : stream->laterEntries())
            if (entry.question)
                notice("Note: in the rows after the first ones: " + entry.message);
        if (m_unknown.asMissing > 0)
            note(counted(m_unknown.asMissing, "cell holds", "cells hold") + " a category that the first rows did not: " + (m_unknown.asMissing == 1 ? "it counts" : "they count") + " as missing.");
        if (m_unknown.asOther > 0)
            note(counted(m_unknown.asOther, "cell holds", "cells hold")
                 + " a category that the first rows did not, or too rarely: " + (m_unknown.asOther == 1 ? "it goes" : "they go") + " to the level \"(other)\".");
        if (const std::uint64_t without = m_online->rowsWithoutTarget(); outcome && table && without > 0 && m_online->rowsLearned() > 0)
            note(rowsText(without) + " without a target took no part.");
        if (stopWanted)
            notice("Stopped after " + rowsText(m_online->rowsRead()) + ".");
        return outcome && !table ? Result<void>(table.error()) : outcome;
    }

    Result<void> begin(const Table& first)
    {
        Result<TrainingPlan> plan = m_training.planFor(m_learner);
        if (!plan)
            return plan.error();
        plan->features = m_training.featuresIn(first);
        plan->classes = splitList(m_flags.classes);
        const Result<void> begun = take(OnlineTraining::begin(first, *plan));
        if (begun || begun.error().code != ErrorCode::OneClass)
            return begun;
        Error error = begun.error();
        error.message += " Where other classes come after the first rows, name them all with --classes.";
        return error;
    }

    Result<void> take(Result<OnlineTraining> training)
    {
        if (!training)
            return training.error();
        m_online = std::make_unique<OnlineTraining>(*std::move(training));
        m_nextLine = nextLine();
        m_nextSave = m_online->rowsRead() + m_flags.saveEvery;
        return {};
    }

    Result<void> learn(const Table& table)
    {
        std::size_t from = std::size_t(std::min<std::uint64_t>(m_toSkip, table.rows()));
        m_toSkip -= from;
        m_online->skipped(from);
        std::vector<std::size_t> rows(table.rows() - from);
        std::iota(rows.begin(), rows.end(), from);
        m_unknown += countUnknownWords(m_online->preparation(), table, rows);
        while (from < table.rows() && !stopWanted) {
            const std::uint64_t read = m_online->rowsRead();
            std::uint64_t count = std::min<std::uint64_t>(table.rows() - from, m_nextLine - read);
            if (m_flags.saveEvery)
                count = std::min(count, m_nextSave - read);
            if (const Result<void> learned = m_online->learn(table, from, std::size_t(count)); !learned)
                return explained(learned.error());
            from += std::size_t(count);
            if (m_online->rowsRead() == m_nextLine)
                report();
            if (m_flags.saveEvery && m_online->rowsRead() == m_nextSave) {
                m_nextSave += m_flags.saveEvery;
                const Result<ModelPtr> model = m_online->model(seconds());
                if (!model)
                    return model.error();
                m_model = *model;
                if (const Result<void> saved = save(); !saved)
                    return saved;
            }
        }
        return {};
    }

    static Error explained(Error error)
    {
        if (error.message.ends_with("a class that the model does not know."))
            error.message += " Name all classes with --classes, or let more rows come first with --first-rows.";
        return error;
    }

    std::uint64_t nextLine() const
    {
        const std::uint64_t read = m_online->rowsRead();
        return m_flags.progress ? (read / m_flags.progress + 1) * m_flags.progress : nextRound(read);
    }

    void report()
    {
        const std::string id(defaultMetric(m_online->target().task));
        const MetricInfo* info = findMetric(id);
        const auto value = [&](const PrequentialScore& score) {
            const Metrics metrics = score.metrics();
            return metrics.contains(id) ? shortText(metrics.at(id), 6) : std::string("unknown");
        };
        notice(rowsText(m_online->rowsRead()) + ": " + (info ? info->name : id) + " " + value(m_online->score()) + ", of the last "
               + rowsText(m_online->recentScore().rows()) + " " + value(m_online->recentScore()));
        m_online->forgetRecent();
        m_nextLine = nextLine();
    }

    Result<void> save() const { return m_save.empty() ? Result<void>() : saveModel(*m_model, m_save); }

    const TrainingFlags& m_training;
    const std::string& m_learner;
    const OnlineFlags& m_flags;
    const std::string& m_save;
    std::chrono::steady_clock::time_point m_start;
    std::unique_ptr<OnlineTraining> m_online;
    ModelPtr m_model;
    std::uint64_t m_toSkip = 0;
    std::uint64_t m_nextLine = 0;
    std::uint64_t m_nextSave = 0;
    UnknownWords m_unknown;                         ///< of all rows that came; the row of the example is that of its block
    std::vector<std::string> m_notes;
};

nlohmann::ordered_json onlineToJson(const Model& model, const OnlineTraining& training, const std::vector<std::string>& notices)
{
    const Provenance& provenance = model.provenance();
    nlohmann::ordered_json features = nlohmann::ordered_json::array();
    for (const InputColumn& input : model.inputs())
        features.push_back(input.name);
    nlohmann::ordered_json document = {{"learner", provenance.learner},
            {"hyperparameters", hyperparametersToJson(provenance.hyperparameters)},
            {"features", features},
            {"target", model.target().name},
            {"task", std::string(taskName(model.target().task))},
            {"rows_read", training.rowsRead()},
            {"rows_learned", training.rowsLearned()},
            {"parameters", parametersToJson(model.parameters())},
            {"parameters_in_data_units", parametersToList(parametersInDataUnits(model))},
            {"equation", equationText(model, 6)},
            {"loss", training.loss()},
            {"scored_from_row", training.scoredFrom()},
            {"score_knows_its_rows", training.scoreKnowsItsRows()},
            {"metrics", {{"prequential", metricsToJson(training.score().metrics())}}},
            {"seconds", provenance.seconds},
            {"notices", notices}};
    addPositive(document, model.target());
    return document;
}

void printOnline(const Model& model, const OnlineTraining& training)
{
    print(equationText(model) + "\n\nLearned from " + rowsText(training.rowsLearned()) + ", each seen once; loss " + shortText(training.loss(), 6)
          + ".\n");
    std::vector<std::vector<std::string>> rows = {{"metric", "each row before it was learned from"}};
    for (const auto& [name, value] : inReadingOrder(training.score().metrics()))
        rows.push_back({name, shortText(value, 6)});
    printTable(rows);
    print(positiveLine(model.target(), training.score().metrics()));
    if (training.scoreKnowsItsRows())
        print("\nThe score flatters: these rows taught the preparation or the scale of the target before they were scored. With fewer of them as "
              "--first-rows, the rows behind them are scored.\n");
    else if (training.scoredFrom() > 1)
        print("\nScored from row " + std::to_string(training.scoredFrom()) + ": the rows before it taught the preparation or the scale of the target.\n");
}

CLI::Validator countOfRows()
{
    return CLI::Validator([](std::string& text) {
        const std::string complaint = wholeNumber()(text);
        return complaint.empty() && text.find_first_not_of('0') == std::string::npos ? std::string("0 rows are too few") : complaint;
    }, "POSITIVE");
}

} // namespace

void OnlineFlags::addTo(CLI::App& command)
{
    CLI::Option* flag = command.add_flag("--online", online, "Stream the rows from a file or standard input of any length: each is predicted, scored, "
                                                             "then learned from, once; Ctrl+C stops and keeps what was learned");
    CLI::Option* going = command.add_option("--resume", resume, "Model file saved by --online, which can learn on: learning goes on where it stopped, with the rows of FILE");
    command.add_option("--first-rows", firstRows, "How many rows teach the preparation (scale, fills, categories, classes) before learning begins; where they taught something, the score begins behind them")
        ->check(countOfRows())->capture_default_str()->needs(flag)->excludes(going);
    command.add_option("--classes", classes, "All classes of the target, A,B,..., where the first rows may not hold each")->check(notEmpty())->needs(flag)->excludes(going);
    command.add_option("--progress", progress, "Rows between two progress lines (at 100, 200, 500, 1000, ... by default)")->check(countOfRows())->needs(flag);
    command.add_option("--save-every", saveEvery, "Rows between two saves (only at the end by default)")->check(countOfRows())->needs(flag)
        ->needs(command.get_option("--save"));
    command.add_flag("--skip-learned", skipLearned, "FILE begins with the rows that the model has learned from already: leave those out")->needs(going);
    going->needs(flag);
    for (const char* keptBack : {"--test-fraction", "--test-rows", "--group", "--time"})
        flag->excludes(command.get_option(keptBack));
    // Nothing in a stream answers to them.
    for (const char* ofRows : {"--threshold", "--inference", "--diagnostics"})
        flag->excludes(command.get_option(ofRows));
    for (const char* settled : {"--target", "--features", "--learner", "--set", "--scale", "--impute", "--encode", "--step", "--task", "--seed", "--positive"})
        going->excludes(command.get_option(settled));
}

int trainOnline(const TrainingFlags& training, const std::string& learner, const OnlineFlags& flags, const std::string& save, bool json)
{
    listenForStop();
    Streaming streaming(training, learner, flags, save);
    if (const Result<void> learned = streaming.run(); !learned)
        return refuse(learned.error());
    if (json)
        printJson(onlineToJson(streaming.model(), streaming.training(), streaming.notes()));
    else
        printOnline(streaming.model(), streaming.training());
    return 0;
}

} // namespace modelarium::cli
