#include "app/document/planned_steps.h"

#include "core/base/number_text.h"
#include "core/learn/step_table.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace modelarium {
namespace {

struct StepWords {
    Q_DECLARE_TR_FUNCTIONS(modelarium::StepWords)
};

bool isWanted(StepColumns columns, const Column& column)
{
    switch (columns) {
    case StepColumns::Numbers: return column.isNumeric();
    case StepColumns::Categories: return column.isCategorical();
    default: return true;
    }
}

/// An option that matters as it stands, in words; empty for one that is not worth a word.
QString wordOf(const HyperparameterSpec& spec, const HyperparameterTable& table, const HyperparameterValues& values)
{
    const auto found = values.find(spec.name);
    if (found == values.end() || !matters(spec, table, values))
        return {};
    const QString label = QString::fromStdString(spec.label);
    if (const auto* on = std::get_if<bool>(&found->second))
        return *on ? label.toLower() : QString();
    if (const auto* choice = std::get_if<std::string>(&found->second)) {
        const auto place = std::find(spec.choices.begin(), spec.choices.end(), *choice);
        const QString word = QString::fromStdString(place == spec.choices.end() ? *choice : spec.choiceLabels[std::size_t(place - spec.choices.begin())]);
        // "unknown categories count as missing" is a sentence; "the mean of the column" is one without its label.
        return spec.name == "unknown" ? StepWords::tr("%1 %2").arg(label.toLower(), word) : word;
    }
    const auto* real = std::get_if<double>(&found->second);
    return StepWords::tr("%1 %2").arg(label.toLower(), QString::fromStdString(real ? shortText(*real, 6) : hyperparameterText(found->second)));
}

} // namespace

PlannedSteps defaultSteps(bool standardise)
{
    PlannedSteps steps{{{ImputeChoice{}, {}}}, {{EncodeChoice{}, {}}}};
    if (standardise)
        steps.push_back({{ScaleChoice{}, {}}});
    return steps;
}

bool fits(const StepChoice& step, const Column& column)
{
    if (std::holds_alternative<EncodeChoice>(step.what))
        return column.isCategorical();
    if (std::holds_alternative<PowerChoice>(step.what) || std::holds_alternative<BinChoice>(step.what))
        return column.isNumeric();
    if (const auto* impute = std::get_if<ImputeChoice>(&step.what)) {
        if (impute->method == Imputation::OwnLevel)
            return column.isCategorical();
    }
    return true;
}

std::vector<std::string> columnsOf(const PlannedStep& step, const Table& table, const std::vector<std::string>& features)
{
    std::vector<std::string> names;
    if (step.columns == StepColumns::Chosen) {
        // What is no column of the data may be one that an earlier step makes: the core knows.
        for (const std::string& name : step.choice.columns)
            if (!table.find(name) || std::find(features.begin(), features.end(), name) != features.end())
                names.push_back(name);
        return names;
    }
    for (const std::string& name : features) {
        const auto column = table.find(name);
        if (column && isWanted(step.columns, table.column(*column)) && fits(step.choice, table.column(*column)))
            names.push_back(name);
    }
    return names;
}

ResolvedSteps resolvedSteps(const PlannedSteps& steps, const Table& table, const std::vector<std::string>& features)
{
    ResolvedSteps resolved;
    resolved.choices.imputation = Imputation::Refuse;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!steps[i].on)
            continue;
        StepChoice choice = steps[i].choice;
        choice.columns.clear();
        if (steps[i].columns != StepColumns::Fitting) {
            choice.columns = columnsOf(steps[i], table, features);
            if (choice.columns.empty())
                continue;
        }
        // What takes every column is said for the whole preparation too: so a plain one can be read by older programs.
        if (takesEveryColumn(choice)) {
            if (const auto* impute = std::get_if<ImputeChoice>(&choice.what))
                resolved.choices.imputation = impute->method;
            else if (const auto* encode = std::get_if<EncodeChoice>(&choice.what))
                resolved.choices.unknownCategory = encode->unknown;
        }
        resolved.choices.steps.push_back(std::move(choice));
        resolved.places.push_back(i);
    }
    return resolved;
}

QString stepTitle(const StepChoice& step)
{
    const auto kind = findStepKind(stepName(step));
    return QString::fromStdString(kind ? (*kind)->name : std::string(stepName(step)));
}

QString optionWords(const StepChoice& step)
{
    const auto kind = findStepKind(stepName(step));
    if (!kind)
        return {};
    const HyperparameterValues values = stepValues(step);
    QStringList words;
    for (const HyperparameterSpec& spec : (*kind)->table) {
        const QString word = wordOf(spec, (*kind)->table, values);
        if (!word.isEmpty())
            words << word;
    }
    const QString text = QString::fromStdString(stepText(step));
    if (!text.isEmpty())
        words << StepWords::tr("%1 %2").arg(QString::fromStdString((*kind)->text.label).toLower(), text);
    return words.join(QStringLiteral(", "));
}

QString columnWords(const PlannedStep& step)
{
    switch (step.columns) {
    case StepColumns::Numbers: return StepWords::tr("all numbers");
    case StepColumns::Categories: return StepWords::tr("all categories");
    case StepColumns::Fitting: break;
    case StepColumns::Chosen: {
        constexpr std::size_t mostNamed = 2;
        const std::vector<std::string>& names = step.choice.columns;
        if (names.empty())
            return StepWords::tr("no column yet");
        QStringList shown;
        for (std::size_t i = 0; i < std::min(mostNamed, names.size()); ++i)
            shown << QString::fromStdString(names[i]);
        const QString list = shown.join(QStringLiteral(", "));
        return names.size() <= mostNamed ? list : StepWords::tr("%1 and %Ln more", nullptr, int(names.size() - mostNamed)).arg(list);
    }
    }
    if (std::holds_alternative<EncodeChoice>(step.choice.what))
        return StepWords::tr("all categories");
    const bool numbersOnly = std::holds_alternative<PowerChoice>(step.choice.what) || std::holds_alternative<BinChoice>(step.choice.what);
    return numbersOnly ? StepWords::tr("all numbers") : StepWords::tr("all columns");
}

} // namespace modelarium
