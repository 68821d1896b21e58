#include "app/main_bench.h"

#include "app/charts/plot_view.h"
#include "app/main_tour.h"
#include "app/main_window.h"
#include "app/pages/plot_card.h"
#include "app/pages/preview_page.h"

#include <QEvent>
#include <QTextStream>

#include <algorithm>
#include <vector>

namespace modelarium {
namespace {

constexpr int patience = 120'000;
constexpr int repetitions = 200;

/// Counts the frames of a widget.
class FrameCount : public QObject {
public:
    explicit FrameCount(QWidget* watched) { watched->installEventFilter(this); }
    int frames = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        frames += event->type() == QEvent::Paint;
        return false;
    }
};

void print(const char* name, double milliseconds)
{
    QTextStream(stdout) << name << ' ' << QString::number(milliseconds, 'f', 2) << Qt::endl;
}

double milliseconds(const QElapsedTimer& timer)
{
    return double(timer.nsecsElapsed()) * 1e-6;
}

/// When the first rows of a large file were in their view, and when that was painted.
class FirstRowsTimes : public QObject {
public:
    explicit FirstRowsTimes(MainWindow& window)
    {
        DataLoading& loading = window.experiment().data();
        connect(&loading, &DataLoading::previewChanged, this, [this, &window, &loading] {
            if (!loading.preview())
                return;
            m_shown = milliseconds(timer);
            m_page = window.findChild<PreviewPage*>();
            m_page->view().viewport()->installEventFilter(this);
        });
    }
    void print() const
    {
        if (!m_page)
            return;
        modelarium::print("open_to_first_rows_ms", m_shown);
        modelarium::print("open_to_first_rows_painted_ms", m_painted);
    }
    QElapsedTimer timer;

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        // The table is painted in the same turn of the event loop, which ends the frame.
        if (event->type() == QEvent::Paint && m_painted == 0)
            QMetaObject::invokeMethod(this, [this] {
                if (m_painted == 0)
                    m_painted = milliseconds(timer);
            }, Qt::QueuedConnection);
        return false;
    }

private:
    PreviewPage* m_page = nullptr;
    double m_shown = 0;
    double m_painted = 0;
};

void printQuantiles(const char* median, const char* high, std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    print(median, times[times.size() / 2]);
    print(high, times[times.size() * 95 / 100]);
}

/// Waits for the frame that an event caused; the repaint is over when the count has grown.
template <class Act>
std::vector<double> timeFrames(FrameCount& count, Act act)
{
    std::vector<double> times;
    for (int i = 0; i < repetitions; ++i) {
        const int before = count.frames;
        QElapsedTimer timer;
        timer.start();
        act(i);
        if (!waitUntil([&] { return count.frames > before; }, patience))
            break;
        times.push_back(milliseconds(timer));
    }
    return times;
}

} // namespace

int benchStartup(MainWindow& window, const QElapsedTimer& sinceStart)
{
    FrameCount count(window.plot().view().viewport());
    if (!waitUntil([&] { return count.frames > 0; }, patience))
        return 1;
    print("first_frame_ms", milliseconds(sinceStart));
    window.openFirstSample();
    if (!waitUntil([&] { return window.experiment().model() != nullptr; }, patience))
        return 1;
    print("first_model_ms", milliseconds(sinceStart));
    return 0;
}

int benchOpen(MainWindow& window, const QString& file)
{
    PlotView& plot = window.plot().view();
    FrameCount count(plot.viewport());
    FirstRowsTimes preview(window);
    // A file is dropped onto a window that is there and at rest.
    if (!waitUntil([&] { return count.frames > 0; }, patience))
        return 1;
    waitUntil([] { return false; }, 2000);
    QElapsedTimer timer;
    timer.start();
    preview.timer = timer;
    window.open(file);
    int before = -1;
    // The first frame that is begun after the points have come shows them.
    const bool shown = waitUntil([&] {
        if (before < 0 && !plot.points().empty())
            before = count.frames;
        return before >= 0 && count.frames > before;
    }, patience);
    if (!shown)
        return 1;
    preview.print();
    print("open_to_picture_ms", milliseconds(timer));
    print("points", double(plot.points().size()));
    return 0;
}

int benchProbe(MainWindow& window)
{
    window.openFirstSample();
    Experiment& experiment = window.experiment();
    if (!waitUntil([&] { return experiment.state() == ExperimentState::Trained; }, patience))
        return 1;
    experiment.view().setProbeShown(true);
    waitUntil([] { return false; }, 300);
    const InputColumn& input = experiment.model()->inputs().front();
    FrameCount count(window.plot().view().viewport());
    const auto times = timeFrames(count, [&](int i) {
        experiment.view().setInput(input.name, input.minimum + (input.maximum - input.minimum) * (i + 1) / (repetitions + 2));
    });
    printQuantiles("probe_median_ms", "probe_p95_ms", times);
    return 0;
}

int benchPan(MainWindow& window, const QString& file)
{
    PlotView& plot = window.plot().view();
    window.open(file);
    if (!waitUntil([&] { return !plot.points().empty(); }, patience))
        return 1;
    waitUntil([] { return false; }, 2000);
    FrameCount count(plot.viewport());
    const auto times = timeFrames(count, [&](int i) { plot.zoomAtCentre(i % 2 == 0 ? 0.97 : 1 / 0.97); });
    printQuantiles("zoom_frame_median_ms", "zoom_frame_p95_ms", times);
    return 0;
}

} // namespace modelarium
