/** The cash-flow chart as a plain option object: money in above the line, money out below it. */
import type { EChartsCoreOption } from 'echarts/core';
import { formatMoney, negate } from '../../../domain/money.ts';
import { formatShort } from '../format.ts';
import type { Bucket } from '../overview/overview-series.ts';

export interface ChartColors {
  ink: string;
  inkSoft: string;
  rule: string;
  sheet: string;
  accent: string;
  margin: string;
}

export interface CashFlowChart {
  buckets: readonly Bucket[];
  labelOf: (bucket: Bucket) => string;
  words: { in: string; out: string; net: string };
  /** What the picture shows, in one sentence. */
  description: string;
  colors: ChartColors;
}

/** Builds the option; tooltips are rich text, so nothing of the data is ever read as markup. */
export function cashFlowOption(chart: CashFlowChart): EChartsCoreOption {
  const { buckets, labelOf, words, description, colors } = chart;
  const labels = buckets.map(labelOf);
  const text = { color: colors.inkSoft, fontSize: 11 };
  return {
    animationDuration: 350,
    aria: {
      enabled: true,
      label: { description },
      decal: { show: true, decals: [{ symbol: 'none' }, outDecal(colors)] },
    },
    grid: { left: 8, right: 8, top: 16, bottom: 8, containLabel: true },
    tooltip: tooltip(buckets, labelOf, words, colors),
    xAxis: {
      type: 'category',
      data: labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colors.rule } },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      axisLabel: { ...text, formatter: (value: number) => formatShort(value) },
      splitLine: { lineStyle: { color: colors.rule } },
    },
    series: [
      bar(
        words.in,
        buckets.map((one) => one.inCents),
        colors.accent,
        [3, 3, 0, 0],
      ),
      bar(
        words.out,
        buckets.map((one) => negate(one.outCents)),
        colors.margin,
        [0, 0, 3, 3],
      ),
      {
        name: words.net,
        type: 'line',
        data: buckets.map((one) => one.netCents),
        symbol: 'circle',
        symbolSize: 5,
        showSymbol: buckets.length <= 31,
        lineStyle: { color: colors.ink, width: 1.5 },
        itemStyle: { color: colors.ink },
      },
    ],
  };
}

function bar(name: string, data: number[], color: string, borderRadius: number[]): object {
  return {
    name,
    type: 'bar',
    stack: 'flow',
    data,
    barMaxWidth: 22,
    itemStyle: { color, borderRadius },
  };
}

function outDecal(colors: ChartColors): object {
  return {
    symbol: 'rect',
    color: colors.sheet,
    dashArrayX: [1, 0],
    dashArrayY: [2, 4],
    rotation: -Math.PI / 4,
  };
}

function tooltip(
  buckets: readonly Bucket[],
  labelOf: (bucket: Bucket) => string,
  words: CashFlowChart['words'],
  colors: ChartColors,
): object {
  return {
    trigger: 'axis',
    renderMode: 'richText',
    confine: true,
    backgroundColor: colors.sheet,
    borderColor: colors.rule,
    textStyle: { color: colors.ink, fontSize: 12, lineHeight: 18 },
    axisPointer: { type: 'shadow', shadowStyle: { opacity: 0.08 } },
    formatter: (points: readonly { dataIndex: number }[]) => {
      const bucket = buckets[points[0]?.dataIndex ?? -1];
      return bucket === undefined ? '' : tooltipLines(bucket, labelOf(bucket), words).join('\n');
    },
  };
}

/** What the tooltip says and a screen reader hears for one bar. */
export function tooltipLines(
  bucket: Bucket,
  label: string,
  words: CashFlowChart['words'],
): string[] {
  return [
    label,
    `${words.in}: ${formatMoney(bucket.inCents)}`,
    `${words.out}: ${formatMoney(bucket.outCents)}`,
    `${words.net}: ${formatMoney(bucket.netCents)}`,
  ];
}
