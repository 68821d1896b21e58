#pragma once

#include "app/document/data_loading.h"
#include "app/document/experiment_state.h"

namespace modelarium {

/// The setup with which a new table starts: a target, features and a learner that give a picture at once.
///
/// The target is a well-known name (species, class, target, label, y) or the last usable column; the features are the
/// usable ones; the learner is the first of the course for the task. What a sample suggests comes first.
Setup defaultSetup(Table table, DataSourcePtr source, const SampleInfo& sample = {});

/// The same table read again: roles follow their columns by name, and everything else stays.
Setup reloadedSetup(const Setup& before, Table table, DataSourcePtr source);

/// A column that test rows were chosen by, and that is the target now, is gone or is no longer numbers to go by, gives way to the default.
void keepHoldOutPossible(Setup& setup);

/// Roles with exactly one target, after one column was given a role: a new target and the one before change places.
std::vector<Role> rolesWith(std::vector<Role> roles, std::size_t column, Role role);

/// No target any more: the column that was one is a feature where it holds numbers, and left out where it holds classes, for to find
/// groups with their names at hand would be no finding.
std::vector<Role> rolesWithoutTarget(const Setup& setup);

/// The columns for the axes: two features, or one feature and the target; without a target one feature may stand alone.
std::pair<std::string, std::string> defaultAxes(const Setup& setup);

std::string defaultLearner(Task task);

} // namespace modelarium
